// The status of the last minutes, asked for every two seconds while somebody is signed in, so that
// the overview's charts have a past when it is opened.

const INTERVAL = 2000; // milliseconds
const KEPT = 150; // five minutes

/** What `share` of the attempts between two histograms stayed below; null: there were none. */
export function quantile(before, after, share) {
  const earlier = new Map(before.map((each) => [each.below_us, each.attempts]));
  const buckets = after.map((each) => [
    each.below_us,
    each.attempts - (earlier.get(each.below_us) ?? 0),
  ]);
  const all = buckets.reduce((sum, [, attempts]) => sum + attempts, 0);
  if (all <= 0) return null;
  let seen = 0;
  for (const [below, attempts] of buckets) {
    seen += attempts;
    if (seen >= share * all) return below;
  }
  return null;
}

/** One point of every chart, from two answers. */
export function point(before, after) {
  const seconds = (Date.parse(after.at) - Date.parse(before.at)) / 1000;
  if (before.since !== after.since || seconds <= 0) return null; // the service was restarted
  const per = (later, earlier) => (later - earlier) / seconds;
  return {
    at: Date.parse(after.at),
    accepted: per(after.events.accepted, before.events.accepted),
    matched: per(after.events.matched, before.events.matched),
    delivered: per(after.attempts.delivered_events, before.attempts.delivered_events),
    failed: per(after.attempts.failed, before.attempts.failed),
    owed: after.owed.deliveries,
    p99: quantile(before.attempts.durations, after.attempts.durations, 0.99),
  };
}

export class Samples extends EventTarget {
  #timer;
  #busy = false;

  /** `refused` is called when the key is no longer good. */
  constructor(api, first, refused) {
    super();
    this.api = api;
    this.latest = first;
    this.points = [];
    this.isLost = false;
    this.refused = refused;
    this.#timer = setInterval(() => this.#take(), INTERVAL);
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #take() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const status = await this.api.status();
      const next = point(this.latest, status);
      if (next !== null) this.points = [...this.points, next].slice(-KEPT);
      this.latest = status;
      this.isLost = false;
    } catch (error) {
      if (error.status === 401) return this.refused();
      this.isLost = true;
    } finally {
      this.#busy = false;
    }
    this.dispatchEvent(new Event('sample'));
  }
}
