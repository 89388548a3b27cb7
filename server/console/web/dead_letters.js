// Deliveries that were given up, of one webhook or of all that had trouble: to be retried one by
// one or together.
import {notify} from './dialog.js';
import {button, cell, el, empty, link, row, table} from './dom.js';
import {exactly} from './format.js';

const WEBHOOKS = 200; // the newest
const LETTERS = 50; // of each
const AT_ONCE = 6; // requests

/** `act` on each, a few at a time; what fails gives null. */
async function each(items, act) {
  const results = new Array(items.length).fill(null);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const place = next;
      next += 1;
      results[place] = await act(items[place]).catch(() => null);
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
  return results;
}

/** The log says when a delivery died; whether it is dead still, the delivery says. */
async function deadOf(api, webhook) {
  const {results} = await api.get(api.path(webhook.webhook_id, 'deliveries'), {
    status: 'dead',
    limit: LETTERS,
  });
  const latest = new Map();
  for (const attempt of results) {
    if (attempt.event_type === 'webhook.test') continue; // nobody waits for it
    if (!latest.has(attempt.delivery_id)) latest.set(attempt.delivery_id, {webhook, attempt});
  }
  return [...latest.values()];
}

async function stillDead(api, letters) {
  const states = await each(letters, ({webhook, attempt}) =>
    api.get(api.path(webhook.webhook_id, 'deliveries', attempt.delivery_id)),
  );
  return letters.filter((letter, i) => states[i] === null || states[i].status === 'dead');
}

export async function deadLetters({api, can, reload}, id = null) {
  const all =
    id === null
      ? (await api.webhooks({}, {limit: WEBHOOKS, total: false})).results
      : [(await api.webhook(id)).body];
  const troubled = all.filter((webhook) => webhook.last_error !== null);
  const lists = await each(troubled, (webhook) => deadOf(api, webhook));
  const letters = (
    await stillDead(
      api,
      lists.flatMap((list) => list ?? []),
    )
  ).sort((a, b) => b.attempt.at.localeCompare(a.attempt.at));

  const chosen = new Set();
  const retry = button(
    'Retry the chosen',
    async () => {
      retry.disabled = true;
      const answers = await each([...chosen], ({webhook, attempt}) =>
        api.post(api.path(webhook.webhook_id, 'deliveries', attempt.delivery_id, 'retry')),
      );
      const queued = answers.filter((answer) => answer !== null).length;
      notify(
        `Queued ${queued} of ${answers.length}.${
          queued < answers.length
            ? ' The others\u2019 events are no longer kept, or their channels are gone.'
            : ''
        }`,
        queued < answers.length ? 'bad' : 'good',
      );
      setTimeout(reload, 1500);
    },
    {class: 'primary', disabled: true},
  );
  const boxes = letters.map((letter) =>
    el('input', {
      type: 'checkbox',
      'aria-label': `Choose ${letter.attempt.event_id} of ${letter.webhook.webhook_name}`,
      onchange: (event) => {
        if (event.target.checked) chosen.add(letter);
        else chosen.delete(letter);
        retry.disabled = chosen.size === 0;
      },
    }),
  );
  const chooseAll = button('Choose all', () => {
    for (const box of boxes) {
      box.checked = true;
      box.dispatchEvent(new Event('change'));
    }
  });
  return [
    id === null
      ? null
      : el(
          'p',
          {class: 'crumbs'},
          link('#/webhooks', 'Webhooks'),
          ' / ',
          link(`#/webhooks/${id}`, all[0].webhook_name),
        ),
    el(
      'div',
      {class: 'heading'},
      el('h1', {}, 'Dead letters'),
      can('write') && letters.length > 0 ? el('div', {class: 'actions'}, chooseAll, retry) : null,
    ),
    letters.length === 0
      ? empty(
          'No delivery was given up.',
          'One is after its last attempt failed, or when the receiver refuses ' +
            'it for good. It is then kept here until somebody retries it.',
        )
      : table(
          'Dead letters',
          [
            ['Choose'],
            ['Given up'],
            ['Webhook'],
            ['Event'],
            ['Channel'],
            ['Attempts', 'number'],
            ['Answer', 'number'],
            ['Error'],
          ],
          letters.map(({webhook, attempt}, i) =>
            row([
              boxes[i],
              cell(
                'nowrap',
                link(
                  `#/webhooks/${webhook.webhook_id}/deliveries/${attempt.delivery_id}`,
                  exactly(attempt.at),
                ),
              ),
              cell('name', link(`#/webhooks/${webhook.webhook_id}`, webhook.webhook_name)),
              cell(
                'wide',
                el('code', {}, attempt.event_type),
                el('div', {class: 'quiet'}, el('code', {}, attempt.event_id)),
              ),
              attempt.channel,
              cell('number', attempt.attempt),
              cell('number', attempt.status_code ?? ''),
              cell('wide', attempt.error ?? ''),
            ]),
          ),
        ),
    el(
      'p',
      {class: 'quiet'},
      `At most ${LETTERS} of each webhook are looked at`,
      id === null ? `, and the newest ${WEBHOOKS} webhooks. ` : '. ',
      'To retry everything of a stretch of time, recover the webhook.',
    ),
  ];
}
