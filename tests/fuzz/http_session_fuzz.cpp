// Any bytes as a connection's requests: however they are cut into pieces, the handler is told of
// the same requests and the same bytes of bodies, in the same order, and every answer is whole.
//
// Beast looks for the end of a head before it looks at the rest of a line that came in two pieces,
// so a bad request may be refused later, or for another reason; what came before it may not differ.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "fuzz/require.hpp"
#include "http/session.hpp"

namespace {

using namespace sluice::http;
using sluice::testkit::require;

class Zeros final : public sluice::base::Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    std::fill(bytes.begin(), bytes.end(), std::byte{0});
  }
};

// What the handler was told, as one text.
struct Story {
  std::string text;
  std::optional<Reply> reply;  // of a request that is answered or resumed later
};

// The first letters of the path say what the request meets.
enum class Behaviour : char { answers = 'a', pauses = 'p', refuses = 'r', waits = 'w' };

class Teller final : public BodyReceiver {
 public:
  Teller(Story& story, Reply reply, Behaviour behaviour)
      : story_(story), reply_(std::move(reply)), behaviour_(behaviour) {}

  bool receive(std::string_view bytes) override {
    require(!is_finished_, "no bytes come after the end");
    require(!bytes.empty(), "a fragment has bytes");
    story_.text += bytes;
    if (behaviour_ != Behaviour::pauses) return true;
    reply_.resume();  // takes effect when it returns
    return false;
  }
  void finish() override {
    require(!is_finished_, "a body ends once");
    is_finished_ = true;
    story_.text += "\nfinished\n";
    if (behaviour_ == Behaviour::waits) {
      story_.reply = std::move(reply_);
    } else {
      reply_.send(Response{});
    }
  }
  void abandon() override { require(!is_finished_, "a body that is whole is not abandoned"); }

 private:
  Story& story_;
  Reply reply_;
  const Behaviour behaviour_;
  bool is_finished_ = false;
};

class TellingHandler final : public Handler {
 public:
  explicit TellingHandler(Story& story) : story_(story) {}

  std::unique_ptr<BodyReceiver> begin(const RequestHead& head, Reply reply) override {
    story_.text += to_text(head.method);
    for (const std::string_view part : {head.target, head.path, head.query}) {
      story_.text += ' ';
      story_.text += part;
    }
    for (const HeaderField& field : head.fields) {
      story_.text += "\n" + std::string(field.name) + ": " + std::string(field.value);
    }
    story_.text += '\n';
    const auto behaviour = static_cast<Behaviour>(head.path.size() > 1 ? head.path[1] : 'a');
    if (behaviour == Behaviour::refuses) {
      reply.send(Response{});
      return nullptr;
    }
    return std::make_unique<Teller>(story_, std::move(reply), behaviour);
  }

 private:
  Story& story_;
};

class NoHost final : public SessionHost {
  void wake() override {}
};

RequestIds fixed_ids() {
  Zeros zeros;
  return RequestIds(zeros);
}

// Every answer that begins is whole: a head, and as many bytes as its length says.
void check_answers(std::string_view output) {
  while (!output.empty()) {
    require(output.substr(0, 9) == "HTTP/1.1 ", "an answer follows an answer");
    const std::size_t head = output.find("\r\n\r\n");
    require(head != std::string_view::npos, "the head of an answer is whole");
    std::size_t length = 0;
    const std::size_t field = output.find("\r\nContent-Length: ");
    if (field < head) length = std::stoul(std::string(output.substr(field + 18, 20)));
    output.remove_prefix(head + 4);
    if (output.empty()) return;  // to HEAD, whose refusal is measured but not sent
    require(output.size() >= length, "the body of an answer is whole");
    output.remove_prefix(length);
  }
}

// `next` gives the size of the next piece.
template <class NextSize>
std::string tell(std::string_view bytes, NextSize&& next) {
  RequestLimits limits;
  limits.header_bytes = 512;
  limits.url_bytes = 128;
  limits.header_fields = 8;
  limits.discard_bytes = 64;
  Story story;
  TellingHandler handler(story);
  const sluice::base::SystemClock clock;
  ThreadCounters counters;
  NoHost host;
  const auto mailbox = std::make_shared<Mailbox>([] {});
  mailbox->adopt_thread();
  std::string output;
  {
    SessionContext context(limits, handler, clock, counters, mailbox, fixed_ids());
    context.date.set({});
    Session session(context, host, "192.0.2.1");
    std::string kept;
    while (!bytes.empty() && session.phase() != Session::Phase::closing) {
      const std::size_t size = std::min(next(), bytes.size());
      kept += bytes.substr(0, size);
      bytes.remove_prefix(size);
      for (bool goes_on = true; goes_on;) {
        std::string part;
        kept.erase(0, session.consume(kept, part));
        check_answers(part);
        output += part;
        goes_on = false;
        if (session.phase() == Session::Phase::waiting && story.reply) {
          std::exchange(story.reply, std::nullopt)->send(Response{});
          while (mailbox->take()) session.settle(output);
          goes_on = true;
        }
      }
      require(session.phase() != Session::Phase::paused, "a body that was resumed goes on");
    }
  }
  mailbox->close();
  return story.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string whole = tell(text, [&] { return size; });
  const std::string letters = tell(text, [] { return std::size_t{1}; });
  std::minstd_rand random(static_cast<unsigned>(size) + 1);
  const std::string pieces = tell(text, [&] { return std::size_t{1} + random() % 40; });
  for (const std::string& told : {letters, pieces}) {
    require(whole.substr(0, told.size()) == told, "the cut makes no difference to what is told");
  }
  return 0;
}
