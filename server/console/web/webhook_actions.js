// What can be done to a webhook, each with a dialog that says what it means.
import {ask, notify, openDialog, showSecrets} from './dialog.js';
import {attemptCard} from './delivery.js';
import {el, labelled, replace, select} from './dom.js';
import {localInput, plural} from './format.js';

export async function togglePause({api, reload}, webhook) {
  try {
    await api.setActive(webhook.webhook_id, !webhook.is_active);
    notify(
      webhook.is_active
        ? 'Paused: events are not matched; recover what was missed later.'
        : 'Resumed.',
    );
    reload();
  } catch (error) {
    notify(error.advice ?? error.message, 'bad');
  }
}

/** Sends the test, and shows each channel's attempt when it has ended. */
export async function sendTest({api, reload}, webhook) {
  const body = el(
    'div',
    {'aria-live': 'polite'},
    el('p', {}, 'Sending to every channel; this waits for the slowest receiver\u2026'),
  );
  const {closed} = openDialog(`Test of ${webhook.webhook_name}`, body);
  try {
    const {attempts} = await api.post(api.path(webhook.webhook_id, 'test'));
    const failed = attempts.filter((each) => each.status !== 'delivered').length;
    replace(
      body,
      el(
        'p',
        {},
        failed === 0
          ? 'Every channel took it.'
          : `${plural(failed, 'channel')} of ${attempts.length} did not take it.`,
      ),
      attempts.map((attempt) => attemptCard(attempt, attempt.channel)),
    );
  } catch (error) {
    replace(body, el('p', {class: 'alert', role: 'alert'}, error.advice ?? error.message));
  }
  await closed;
  reload();
}

export async function recover({api, reload}, webhook) {
  const since = labelled(
    'Since',
    el('input', {
      type: 'datetime-local',
      value: localInput(new Date(Date.now() - 24 * 3600 * 1000)),
    }),
    'In your time zone.',
  );
  const until = labelled('Until', el('input', {type: 'datetime-local'}), 'Empty: now.');
  const only = labelled(
    'What',
    select(
      [
        ['failed', 'failed: dead deliveries'],
        ['missed', 'missed: events that did not match then, and would now'],
      ],
      'failed',
    ),
  );
  const done = await ask(
    `Recover ${webhook.webhook_name}`,
    [
      el('p', {}, 'Queues deliveries again. Receivers know repeated ones by their id.'),
      since,
      until,
      only,
    ],
    'Recover',
    () =>
      api.post(api.path(webhook.webhook_id, 'recover'), {
        since: new Date(since.input.value || 0).toISOString(),
        until: until.input.value === '' ? null : new Date(until.input.value).toISOString(),
        only: only.input.value,
      }),
  );
  if (done === undefined) return;
  notify(
    done.status === 'running'
      ? 'The recovery goes on by itself.'
      : `Queued: ${plural(done.deliveries, 'message')} to its channels.`,
  );
  reload();
}

export async function rotateSecret({api, reload}, webhook) {
  const grace = labelled(
    'Hours for which the old secret signs as well',
    el('input', {type: 'text', inputmode: 'decimal', value: '24'}),
    '0 to 720.',
  );
  const changed = await ask(
    `A new signing secret for ${webhook.webhook_name}`,
    [
      el(
        'p',
        {},
        'Requests are signed with both secrets until then, so the receiver can change over.',
      ),
      grace,
    ],
    'Rotate',
    () => {
      const seconds = Math.round(Number(grace.input.value) * 3600);
      if (Number.isNaN(seconds)) throw new Error('Hours: expected a number');
      return api.post(api.path(webhook.webhook_id, 'secret', 'rotate'), {grace_seconds: seconds});
    },
  );
  if (changed === undefined) return;
  await showSecrets('The new signing secret, shown this once', changed);
  reload();
}

export async function eraseWebhook({api}, webhook) {
  const done = await ask(
    `Delete ${webhook.webhook_name}?`,
    el(
      'p',
      {},
      'What it is still owed is cancelled, and its log goes away. This cannot be undone.',
    ),
    'Delete',
    async () => {
      await api.remove(webhook.webhook_id);
      return true;
    },
    {danger: true},
  );
  if (done !== true) return;
  notify('The webhook is deleted.');
  location.hash = '#/webhooks';
}
