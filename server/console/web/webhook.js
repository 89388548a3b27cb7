// One webhook: what it is, what can be done to it, and the log of its deliveries.
import {toText} from './channel_fields.js';
import {deliveryLog} from './delivery_log.js';
import {button, el, link} from './dom.js';
import {exactly, when} from './format.js';
import {eraseWebhook, recover, rotateSecret, sendTest, togglePause} from './webhook_actions.js';
import {statePill} from './webhooks.js';

function fact(label, ...value) {
  return el('div', {class: 'fact'}, el('dt', {}, label), el('dd', {}, value));
}

function shown(name, value) {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return value.join('\n');
  if (name === 'headers') return toText('headers', value);
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function channelCard({channel, configs}) {
  return el(
    'section',
    {class: 'card'},
    el('h3', {}, channel),
    el(
      'dl',
      {class: 'pairs'},
      Object.entries(configs)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [
          el('dt', {}, name),
          el('dd', {}, el('code', {}, shown(name, value))),
        ]),
    ),
  );
}

function troubles(webhook) {
  const error = webhook.last_error;
  if (webhook.disabled_reason !== null) {
    return el(
      'div',
      {class: 'alert'},
      el('p', {}, 'Disabled by the service: ', webhook.disabled_reason),
      el('p', {}, 'Mend the receiver, resume the webhook, then recover what failed or was missed.'),
    );
  }
  if (error === null || webhook.consecutive_failures === 0) return null;
  return el(
    'div',
    {class: 'alert'},
    el('p', {}, `The last attempt failed (${error.channel}): `, error.message),
    el('p', {class: 'quiet'}, when(error.at), ', event ', el('code', {}, error.event_id)),
  );
}

function actions(context, webhook) {
  const id = webhook.webhook_id;
  const hasSecret = webhook.channels.some((each) => each.channel === 'webhook');
  if (!context.can('write')) return el('p', {class: 'quiet'}, 'Your key may look, not change.');
  return el(
    'div',
    {class: 'actions'},
    el('a', {class: 'button', href: `#/webhooks/${id}/edit`}, 'Edit'),
    button(webhook.is_active ? 'Pause' : 'Resume', () => togglePause(context, webhook)),
    button('Send a test', () => sendTest(context, webhook)),
    button('Recover\u2026', () => recover(context, webhook)),
    hasSecret ? button('Rotate secret\u2026', () => rotateSecret(context, webhook)) : null,
    context.can('delete')
      ? button('Delete\u2026', () => eraseWebhook(context, webhook), {class: 'danger'})
      : null,
  );
}

export async function webhook(context, id) {
  const found = (await context.api.webhook(id)).body;
  return [
    el('p', {class: 'crumbs'}, link('#/webhooks', 'Webhooks')),
    el('div', {class: 'heading'}, el('h1', {}, found.webhook_name, ' ', statePill(found))),
    found.description ? el('p', {}, found.description) : null,
    actions(context, found),
    troubles(found),
    el(
      'dl',
      {class: 'facts'},
      fact('Id', el('code', {}, found.webhook_id)),
      fact('Failures in a row', found.consecutive_failures),
      fact('Last success', when(found.last_success_at)),
      fact('Created', exactly(found.created_at)),
      fact('Changed', exactly(found.updated_at)),
    ),
    el('h2', {}, 'Event types'),
    el(
      'p',
      {},
      found.event_types.map((type) => [el('code', {class: 'tag'}, type), ' ']),
    ),
    el('h2', {}, 'Channels'),
    el('div', {class: 'two'}, found.channels.map(channelCard)),
    el(
      'div',
      {class: 'heading'},
      el('h2', {}, 'Deliveries'),
      link(`#/webhooks/${found.webhook_id}/dead`, 'Dead letters of this webhook'),
    ),
    await deliveryLog(context, found.webhook_id),
  ];
}
