// One delivery: the event, and every attempt with what was sent and what came back.
import {outcomePill} from './delivery_log.js';
import {notify} from './dialog.js';
import {button, el, link} from './dom.js';
import {exactly, microseconds, pretty} from './format.js';

function text(label, content) {
  return [
    el('h4', {}, label),
    content
      ? el('pre', {tabindex: '0', 'aria-label': label}, content)
      : el('p', {class: 'quiet'}, 'empty'),
  ];
}

/** An attempt as the API shows it, of a test or of a delivery. */
export function attemptCard(attempt, title) {
  return el(
    'section',
    {class: 'card attempt'},
    el('h3', {}, title, ' ', outcomePill(attempt.status)),
    el(
      'p',
      {},
      exactly(attempt.at),
      `, took ${microseconds(attempt.duration_us)}`,
      attempt.status_code ? `, answered ${attempt.status_code}` : '',
    ),
    attempt.error ? el('p', {class: 'error-text'}, attempt.error) : null,
    text('Request', attempt.request),
    text('Response', pretty(attempt.response ?? '')),
  );
}

async function eventCard(api, eventId) {
  let body;
  try {
    body = el(
      'pre',
      {tabindex: '0', 'aria-label': 'Event'},
      JSON.stringify(await api.get(`/v1/events/${encodeURIComponent(eventId)}`), null, 2),
    );
  } catch (error) {
    body = el(
      'p',
      {class: 'quiet'},
      error.status === 404
        ? 'It is no longer kept, or it was a test.'
        : (error.advice ?? error.message),
    );
  }
  return el('section', {class: 'card'}, el('h3', {}, 'Event'), body);
}

export async function delivery({api, can, reload}, id, deliveryId) {
  const [webhook, found] = await Promise.all([
    api.webhook(id),
    api.get(api.path(id, 'deliveries', deliveryId)),
  ]);
  const retry = button(
    'Retry now',
    async () => {
      retry.disabled = true;
      try {
        await api.post(api.path(id, 'deliveries', deliveryId, 'retry'));
        notify('Queued: the attempt shows here in a moment.');
        setTimeout(reload, 1500);
      } catch (error) {
        notify(error.advice ?? error.message, 'bad');
        retry.disabled = false;
      }
    },
    {class: 'primary'},
  );
  const attempts = found.attempts
    .map((attempt, i) =>
      attemptCard(
        attempt,
        `Attempt ${attempt.attempt}${i > 0 && attempt.attempt === 1 ? ', asked for' : ''}`,
      ),
    )
    .reverse();
  return [
    el(
      'p',
      {class: 'crumbs'},
      link('#/webhooks', 'Webhooks'),
      ' / ',
      link(`#/webhooks/${id}`, webhook.body.webhook_name),
    ),
    el(
      'div',
      {class: 'heading'},
      el('h1', {}, 'Delivery ', outcomePill(found.status)),
      el('div', {class: 'actions'}, button('Refresh', reload), can('write') ? retry : null),
    ),
    el(
      'dl',
      {class: 'facts'},
      [
        ['Delivery', found.delivery_id],
        ['Event', found.event_id],
        ['Event type', found.event_type],
        ['Channel', found.channel],
      ].map(([label, value]) =>
        el('div', {class: 'fact'}, el('dt', {}, label), el('dd', {}, el('code', {}, value))),
      ),
    ),
    el('h2', {}, 'Attempts'),
    attempts,
    await eventCard(api, found.event_id),
  ];
}
