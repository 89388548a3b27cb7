// NATS's subscription lists behind the adapter protocol of adapter.py: the server's Sublist with its
// cache and without, and the generic one (gsl).
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats-server/v2/server/gsl"
)

type list interface {
	Insert(subject string, id uint32) error
	Match(subject string, visit func(uint32))
}

func newList(engine string) list {
	switch engine {
	case "gsl":
		return gsl.NewSublist[uint32]()
	case "sublist":
		return server.NewNamedSublist(true)
	case "sublist_uncached":
		return server.NewNamedSublist(false)
	}
	fail(fmt.Errorf("no engine is called %q", engine))
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func lines(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		fail(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// subjects says a pattern as NATS does: its `>` wants one segment at least, ours none, so a tail is
// two subscriptions, of which an event meets one.
func subjects(pattern string) []string {
	head, isTail := strings.CutSuffix(pattern, ".**")
	switch {
	case pattern == "*" || pattern == "**":
		return []string{">"}
	case strings.Contains(head, "**"):
		fail(fmt.Errorf("NATS cannot say %q", pattern))
	case isTail:
		return []string{head, head + ".>"}
	}
	return []string{pattern}
}

func load(into list, patterns []string) {
	for id, pattern := range patterns {
		for _, subject := range subjects(pattern) {
			if err := into.Insert(subject, uint32(id)); err != nil {
				fail(err)
			}
		}
	}
}

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: %s ENGINE SUBSCRIPTIONS EVENTS", os.Args[0]))
	}
	subscribed, patterns, events := newList(os.Args[1]), lines(os.Args[2]), lines(os.Args[3])
	start := time.Now()
	load(subscribed, patterns)
	fmt.Printf("{\"subscriptions\":%d,\"load_seconds\":%.6f}\n", len(patterns), time.Since(start).Seconds())
	out := bufio.NewWriter(os.Stdout)
	for commands := bufio.NewScanner(os.Stdin); commands.Scan(); out.Flush() {
		if commands.Text() == "answers" {
			for _, event := range events {
				subscribed.Match(event, func(id uint32) { fmt.Fprintf(out, "%d ", id) })
				fmt.Fprintln(out)
			}
			continue
		}
		var hits, sum uint64
		visit := func(id uint32) { hits++; sum += uint64(id) }
		begin := time.Now()
		for _, event := range events {
			subscribed.Match(event, visit)
		}
		fmt.Fprintf(out, "{\"seconds\":%.9f,\"events\":%d,\"hits\":%d,\"id_sum\":%d}\n",
			time.Since(begin).Seconds(), len(events), hits, sum)
	}
}
