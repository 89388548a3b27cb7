// Dialogs and notices. The <dialog> element keeps the focus inside, closes on Escape and gives the
// focus back.
import {button, el, freshId} from './dom.js';

/** Shows `body` until it is closed; `actions` are buttons. Resolves when it has closed. */
export function openDialog(title, body, actions = [], {closeLabel = 'Close'} = {}) {
  const id = freshId('dialog');
  const dialog = el(
    'dialog',
    {'aria-labelledby': id},
    el('h2', {id}, title),
    el('div', {class: 'dialog-body'}, body),
    el(
      'div',
      {class: 'dialog-actions'},
      actions,
      button(closeLabel, () => dialog.close(), {class: 'close'}),
    ),
  );
  document.body.append(dialog);
  const closed = new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve();
    });
  });
  dialog.showModal();
  return {dialog, closed};
}

/** Asks; `act` runs on yes, and its failure is shown in the dialog. Resolves to what it gave. */
export async function ask(title, body, yes, act, {danger = false} = {}) {
  let result;
  const problem = el('p', {class: 'alert', role: 'alert', hidden: true});
  const confirm = button(
    yes,
    async () => {
      confirm.disabled = true;
      problem.hidden = true;
      try {
        result = await act();
        opened.dialog.close();
      } catch (error) {
        problem.textContent =
          error.problems?.map((each) => `${each.path}: ${each.message}`).join('; ') ||
          error.advice ||
          error.message;
        problem.hidden = false;
        confirm.disabled = false;
      }
    },
    {class: danger ? 'danger' : 'primary'},
  );
  const opened = openDialog(title, [body, problem], [confirm], {closeLabel: 'Cancel'});
  await opened.closed;
  return result;
}

/** Secrets that are shown this once. */
export async function showSecrets(title, webhook) {
  const secrets = webhook.channels
    .map((channel) => channel.configs.secret)
    .filter((secret) => typeof secret === 'string' && secret.startsWith('whsec_'));
  if (secrets.length === 0) return;
  await openDialog(
    title,
    [
      el(
        'p',
        {},
        'Give it to the receiver, which checks the webhook-signature header with it. It is ' +
          'not shown again.',
      ),
      secrets.map((secret) => {
        const copied = el('span', {class: 'quiet', role: 'status'});
        return el(
          'div',
          {class: 'secret'},
          el('code', {}, secret),
          button('Copy', async () => {
            try {
              await navigator.clipboard.writeText(secret);
              copied.textContent = 'Copied';
            } catch {
              copied.textContent = 'Select the text and copy it';
            }
          }),
          copied,
        );
      }),
    ],
    [],
    {closeLabel: 'I have it'},
  ).closed;
}

export function notify(text, kind = 'good') {
  const notice = el('p', {class: `notice notice-${kind}`}, text);
  document.getElementById('notices').replaceChildren(notice);
  setTimeout(() => notice.remove(), kind === 'good' ? 8000 : 15000);
}
