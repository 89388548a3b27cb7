// The attempts of a webhook's deliveries, newest first, with filters.
import {notify} from './dialog.js';
import {button, cell, el, empty, labelled, link, pill, replace, row, select, table} from './dom.js';
import {exactly, microseconds} from './format.js';

const TONES = {delivered: 'good', failed: 'warn', dead: 'bad', cancelled: 'idle'};
const PAGES = 10; // that are asked for at once, where a filter passes over much

export function outcomePill(status) {
  return pill(TONES[status] ?? 'idle', status);
}

function line(id, attempt) {
  return row([
    cell('nowrap', link(`#/webhooks/${id}/deliveries/${attempt.delivery_id}`, exactly(attempt.at))),
    outcomePill(attempt.status),
    cell(
      'wide',
      el('code', {}, attempt.event_type),
      el('div', {class: 'quiet'}, el('code', {}, attempt.event_id)),
    ),
    attempt.channel,
    cell('number', attempt.attempt),
    cell('number', attempt.status_code ?? ''),
    cell('number nowrap', microseconds(attempt.duration_us)),
    cell('wide', attempt.error ?? ''),
  ]);
}

function time(input) {
  return input.value === '' ? '' : new Date(input.value).toISOString();
}

export async function deliveryLog({api}, id) {
  const status = labelled(
    'Status',
    select(
      [
        ['', 'any'],
        ['delivered', 'delivered'],
        ['failed', 'failed'],
        ['dead', 'dead'],
        ['cancelled', 'cancelled'],
      ],
      '',
      {onchange: () => again()},
    ),
  );
  const type = labelled(
    'Event type',
    el('input', {
      type: 'search',
      spellcheck: 'false',
      list: 'logged-types',
      placeholder: 'exactly, or empty',
      onchange: () => again(),
    }),
  );
  const since = labelled('From', el('input', {type: 'datetime-local', onchange: () => again()}));
  const until = labelled('Before', el('input', {type: 'datetime-local', onchange: () => again()}));
  const types = el('datalist', {id: 'logged-types'});
  const box = el('div', {'aria-live': 'polite'});
  let attempts = [];
  let cursor = null;

  const more = async () => {
    const wanted = attempts.length + 50;
    for (let page = 0; page < PAGES && attempts.length < wanted && cursor !== null; page += 1) {
      const answer = await api.get(api.path(id, 'deliveries'), {
        status: status.input.value,
        event_type: type.input.value.trim(),
        since: time(since.input),
        until: time(until.input),
        limit: 50,
        cursor,
      });
      attempts.push(...answer.results);
      cursor = answer.next_cursor;
    }
    draw();
  };
  const moreOrTell = async () => {
    try {
      await more();
    } catch (error) {
      draw(); // some pages may have come
      notify(error.advice ?? error.message, 'bad');
    }
  };
  const again = async () => {
    attempts = [];
    cursor = '';
    try {
      await more();
    } catch (error) {
      replace(box, el('p', {class: 'alert', role: 'alert'}, error.advice ?? error.message));
    }
  };
  const draw = () => {
    replace(
      types,
      [...new Set(attempts.map((each) => each.event_type))].map((each) =>
        el('option', {value: each}),
      ),
    );
    const isFiltered = [status, type, since, until].some((each) => each.input.value !== '');
    replace(
      box,
      attempts.length > 0
        ? table(
            'Attempts',
            [
              ['Time'],
              ['Status'],
              ['Event'],
              ['Channel'],
              ['Attempt', 'number'],
              ['Answer', 'number'],
              ['Took', 'number'],
              ['Error'],
            ],
            attempts.map((each) => line(id, each)),
          )
        : isFiltered
          ? empty('No attempt fits the filters.', 'Widen the times, or choose another status.')
          : empty(
              'Nothing was delivered yet.',
              'Send a test, or post an event that its event types match.',
            ),
      cursor ? button('Load more', moreOrTell, {class: 'small'}) : null,
    );
  };
  await again();
  return el(
    'section',
    {class: 'log'},
    el('div', {class: 'filters'}, status, type, since, until, button('Refresh', again)),
    types,
    box,
  );
}
