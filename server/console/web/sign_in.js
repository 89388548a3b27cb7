// The first screen: asks for a key and tries it.
import {el, labelled} from './dom.js';

/** `enter(key)` resolves when the key is good. */
export function signIn(enter) {
  const key = labelled(
    'API key',
    el('input', {
      type: 'password',
      autocomplete: 'off',
      spellcheck: 'false',
      required: true,
      placeholder: 'sk_\u2026',
    }),
    [
      'The first start of the service printed one; ',
      el('code', {}, 'sluice keys create'),
      ' makes more. ' + 'It is kept in this page only: reloading it signs you out.',
    ],
  );
  const submit = el('button', {type: 'submit', class: 'primary'}, 'Sign in');
  return el(
    'main',
    {class: 'gate', id: 'main', tabindex: '-1'},
    el(
      'form',
      {
        class: 'card',
        novalidate: true,
        onsubmit: async (event) => {
          event.preventDefault();
          const text = key.input.value.trim();
          key.complain('');
          if (text === '') return key.complain('Paste a key; it begins with sk_.');
          submit.disabled = true;
          try {
            await enter(text);
          } catch (error) {
            key.complain(
              error.status === 403
                ? 'This key may only send events. The console needs one with permission read or more.'
                : error.status === 401
                  ? 'The service does not know this key, or it has expired or was revoked.'
                  : (error.advice ?? error.message),
            );
            key.input.focus();
          } finally {
            submit.disabled = false;
          }
        },
      },
      el('h1', {}, el('span', {class: 'mark', 'aria-hidden': 'true'}), 'sluice'),
      key,
      submit,
    ),
  );
}
