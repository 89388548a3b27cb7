// The console's modules that need no page: rates and quantiles, scales, and the texts of the form.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {putAt, toText, toValue, valueAt} from './web/channel_fields.js';
import {roundUp, shown} from './web/chart.js';
import {microseconds, rate} from './web/format.js';
import {point, quantile} from './web/samples.js';

const buckets = (...pairs) => pairs.map(([below_us, attempts]) => ({below_us, attempts}));

function status(at, accepted, failed, since = '2026-01-31T11:00:00Z') {
  return {
    at, since,
    events: {accepted, matched: 0},
    attempts: {delivered_events: 0, failed, durations: buckets([8, failed])},
    owed: {deliveries: 7},
  };
}

test('a quantile counts only what came between two histograms', () => {
  assert.equal(quantile([], buckets([8, 98], [1000, 2]), 0.99), 1000);
  assert.equal(quantile([], buckets([8, 99], [1000, 1]), 0.99), 8);
  assert.equal(quantile(buckets([1000, 50]), buckets([8, 1], [1000, 50]), 0.99), 8);
  assert.equal(quantile(buckets([8, 5]), buckets([8, 5]), 0.99), null);
});

test('a point is the rate between two answers of one run of the service', () => {
  const made = point(status('2026-01-31T12:00:00Z', 10, 1), status('2026-01-31T12:00:04Z', 30, 3));
  assert.equal(made.accepted, 5);
  assert.equal(made.failed, 0.5);
  assert.equal(made.owed, 7);
  assert.equal(made.p99, 8);
  const restarted = status('2026-01-31T12:00:04Z', 0, 0, '2026-01-31T12:00:03Z');
  assert.equal(point(status('2026-01-31T12:00:00Z', 10, 1), restarted), null);
});

test('a scale ends at a round number that nothing exceeds', () => {
  const cases = [[0, 1], [1, 1], [1.2, 2], [2.1, 2.5], [3, 5], [7, 10], [0.03, 0.05], [4400, 5000]];
  for (const [value, top] of cases)
    assert.ok(Math.abs(roundUp(value) - top) < 1e-9, `${value}: ${roundUp(value)}`);
});

test('a chart shows the shortest span that holds its points, and leaves out what has no value', () => {
  const minute = 60000;
  const points = [[0, 3], [10, null], [20, 7]].map(([at, value]) => ({at: 1e12 + at, value}));
  const read = (each) => each.value;
  const few = shown(points, read);
  assert.deepEqual(few.data, [[1e12, 1e12 + 20], [3, 7]]);
  assert.deepEqual([few.begin, few.end, few.top], [1e12 + 20 - minute, 1e12 + 20, 10]);
  const spans = [0, 1, 1.1, 2, 4, 5, 9].map((age) =>
    shown([{at: 1e12}, {at: 1e12 + age * minute}], () => 1).minutes);
  assert.deepEqual(spans, [1, 1, 2, 2, 5, 5, 5]);
  const none = shown([], read);
  assert.deepEqual([none.data, none.minutes, none.top], [[[], []], 1, 1]);
});

test('numbers are short', () => {
  assert.deepEqual([0, 0.5, 12, 1500, 25000].map(rate), ['0/s', '0.5/s', '12/s', '1.5k/s', '25k/s']);
  assert.deepEqual([120, 1500, 25000, 2500000].map(microseconds),
    ['120 \u00b5s', '1.5 ms', '25 ms', '2.5 s']);
});

test('a text becomes the value that it was made of', () => {
  for (const [kind, value] of [
    ['list', ['a@example.com', 'b@example.com']],
    ['headers', {Authorization: 'Bearer a:b', 'X-Team': 'data'}],
    ['json', {kind: '{{ event_type }}'}],
    ['blocks', [{type: 'section'}]],
    ['blocks', '{% for x in metadata %}'],
    ['number', 1.5],
    ['text', 'https://example.com/'],
  ])
    assert.deepEqual(toValue(kind, toText(kind, value)), value);
  for (const kind of ['list', 'headers', 'json', 'blocks', 'number', 'text'])
    assert.equal(toValue(kind, ' '), undefined);
});

test('a text that is no value says what to write', () => {
  assert.throws(() => toValue('headers', 'no colon'), /Name: value/);
  assert.throws(() => toValue('json', '{'), /expected JSON/);
  assert.throws(() => toValue('number', 'ten'), /expected a number/);
});

test('a dotted name leads into an object, which goes when it is empty', () => {
  const configs = {url: 'x', batch: {max_events: 5, format: 'ndjson'}};
  assert.equal(valueAt(configs, 'batch.max_events'), 5);
  assert.equal(valueAt({}, 'batch.max_events'), undefined);
  putAt(configs, 'batch.max_events', undefined);
  assert.deepEqual(configs.batch, {format: 'ndjson'});
  const plain = {};
  putAt(plain, 'batch.max_events', undefined);
  assert.deepEqual(plain, {});
  putAt(plain, 'batch.max_events', 3);
  assert.deepEqual(plain, {batch: {max_events: 3}});
  putAt(plain, 'batch.max_events', undefined);
  assert.deepEqual(plain, {});
});
