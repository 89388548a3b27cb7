// How things go: six charts, what is owed, and the webhooks that need somebody.
import {Chart} from './chart.js';
import {cell, el, empty, link, replace, row, table} from './dom.js';
import {count, local, microseconds, plural, rate, when} from './format.js';
import {statePill} from './webhooks.js';

function charts() {
  return [
    new Chart('Events in', 'Accepted events a second', (p) => p.accepted, rate),
    new Chart(
      'Matched',
      'Accepted events that reached a webhook, a second',
      (p) => p.matched,
      rate,
    ),
    new Chart(
      'Delivered',
      'Events that a channel took, a second',
      (p) => p.delivered,
      rate,
      'tone-good',
    ),
    new Chart('Failed', 'Attempts that failed, a second', (p) => p.failed, rate, 'tone-bad'),
    new Chart('Backlog', 'Deliveries that are owed and not done', (p) => p.owed, count),
    new Chart('p99 of attempts', 'Of 100 attempts, 99 were shorter', (p) => p.p99, microseconds),
  ];
}

function fact(label, value, tone = '') {
  return el('div', {class: `fact ${tone}`}, el('dt', {}, label), el('dd', {}, value));
}

function facts(status, webhooks) {
  const owed = status.owed;
  return el(
    'dl',
    {class: 'facts'},
    fact('Webhooks', webhooks === null ? '\u2013' : count(webhooks)),
    fact('Accepted events', count(status.events.accepted)),
    fact(
      'Rejected events',
      count(status.events.rejected),
      status.events.rejected > 0 ? 'tone-bad' : '',
    ),
    fact('Duplicates', count(status.events.duplicates)),
    fact('Waiting for a retry', count(owed.waiting)),
    fact('Open circuits', count(owed.open_circuits), owed.open_circuits > 0 ? 'tone-bad' : ''),
    fact('Paused channels owed something', count(owed.paused_channels)),
  );
}

function attention(page) {
  const troubled = page.results.filter(
    (each) => each.consecutive_failures > 0 || each.disabled_reason !== null,
  );
  if (page.results.length === 0) {
    return empty(
      'No webhooks yet.',
      link('#/webhooks/new', 'Create the first one'),
      ', then post events to /v1/events.',
    );
  }
  if (troubled.length === 0)
    return empty('Nothing needs you.', 'Every webhook\u2019s last delivery went well.');
  return table(
    'Webhooks that need attention',
    [['Webhook'], ['State'], ['Failures in a row', 'number'], ['Last error'], ['Last success']],
    troubled.map((each) =>
      row([
        cell('name', link(`#/webhooks/${each.webhook_id}`, each.webhook_name)),
        statePill(each),
        cell('number', count(each.consecutive_failures)),
        cell('wide', each.disabled_reason ?? each.last_error?.message ?? ''),
        cell('nowrap', when(each.last_success_at)),
      ]),
    ),
  );
}

export async function overview({api, samples, leaving}) {
  const page = await api.webhooks({}, {limit: 200});
  const all = charts();
  const numbers = el('div', {});
  const lost = el(
    'p',
    {class: 'alert', role: 'alert', hidden: true},
    'The service does not answer. What you see is what it last said; this page keeps trying.',
  );
  const collecting = el('p', {class: 'quiet'}, '');
  const draw = () => {
    for (const chart of all) chart.draw(samples.points);
    replace(numbers, facts(samples.latest, page.total));
    lost.hidden = !samples.isLost;
    collecting.textContent =
      samples.points.length < 2
        ? 'Collecting: the charts begin with the second answer, in a few seconds.'
        : `Every 2 seconds since you signed in; totals since the service started, at ${local(samples.latest.since)}.`;
  };
  samples.addEventListener('sample', draw, {signal: leaving});
  leaving.addEventListener('abort', () => all.forEach((chart) => chart.end()));
  draw();
  return [
    el('div', {class: 'heading'}, el('h1', {}, 'Overview'), collecting),
    lost,
    el(
      'div',
      {class: 'charts'},
      all.map((chart) => chart.node),
    ),
    numbers,
    el('h2', {}, 'Needs attention'),
    attention(page),
    page.pagination.next_cursor
      ? el('p', {class: 'quiet'}, `Of the newest ${plural(page.results.length, 'webhook')}.`)
      : null,
    el(
      'p',
      {class: 'hint'},
      'Charts: uPlot, ',
      el('a', {href: '/console/uPlot.LICENSE.txt'}, 'MIT licence'),
    ),
  ];
}
