// START HERE. The console: signs in, then shows the screen that the address' fragment names.
import {ApiClient} from './api_client.js';
import {el, empty, link, replace} from './dom.js';
import {deadLetters} from './dead_letters.js';
import {delivery} from './delivery.js';
import {overview} from './overview.js';
import {Samples} from './samples.js';
import {shell} from './shell.js';
import {signIn} from './sign_in.js';
import {tester} from './tester.js';
import {webhook} from './webhook.js';
import {webhookForm} from './webhook_form.js';
import {webhooks} from './webhooks.js';

// A screen is given {api, status, samples, can, leaving, reload} and what its pattern captures; it
// gives nodes, or a promise of them.
const SCREENS = [
  [/^#?\/?$/, overview, 'Overview'],
  [/^#\/webhooks$/, webhooks, 'Webhooks'],
  [/^#\/webhooks\/new$/, (context) => webhookForm(context, null), 'New webhook'],
  [/^#\/webhooks\/([^/]+)\/edit$/, webhookForm, 'Edit webhook'],
  [/^#\/webhooks\/([^/]+)\/deliveries\/([^/]+)$/, delivery, 'Delivery'],
  [/^#\/webhooks\/([^/]+)\/dead$/, deadLetters, 'Dead letters'],
  [/^#\/webhooks\/([^/]+)$/, webhook, 'Webhook'],
  [/^#\/dead$/, deadLetters, 'Dead letters'],
  [/^#\/tester$/, tester, 'Pattern tester'],
];

const app = document.getElementById('app');
let session = null; // {api, status, samples}: while somebody is signed in
let visit = 0; // numbers the screens, so that a slow one does not replace a later one
let leaving = null; // aborts when the screen is left

function start() {
  visit += 1;
  leaving?.abort();
  session?.samples.stop();
  session = null;
  document.title = 'Sign in - sluice';
  replace(
    app,
    signIn(async (key) => {
      const api = new ApiClient(key);
      const status = await api.status();
      session = {api, status, samples: new Samples(api, status, start)};
      show();
    }),
  );
  app.querySelector('input').focus();
}

async function show() {
  if (session === null) return;
  visit += 1;
  const own = visit;
  leaving?.abort();
  leaving = new AbortController();
  const reload = () => own === visit && show(); // not once the screen was left
  const hash = location.hash;
  const found = SCREENS.map(([pattern, screen, title]) => ({
    match: hash.match(pattern),
    screen,
    title,
  })).find(({match}) => match !== null);
  document.title = `${found?.title ?? 'Not found'} - sluice`;
  const main = shell(app, session.status, hash, start);
  replace(main, el('p', {class: 'quiet loading'}, 'Loading\u2026'));
  let content;
  try {
    content = found
      ? await found.screen(
          {...session, can, leaving: leaving.signal, reload},
          ...found.match.slice(1).map(decodeURIComponent),
        )
      : empty('There is no such screen.', link('#/', 'Go to the overview.'));
  } catch (error) {
    if (error.status === 401) return start();
    content = el(
      'div',
      {class: 'alert', role: 'alert'},
      el('h1', {}, 'That did not work'),
      el('p', {}, error.advice ?? error.message),
      link('#/webhooks', 'All webhooks'),
    );
  }
  if (own !== visit) return;
  replace(main, content);
  main.focus({preventScroll: true});
  window.scrollTo(0, 0);
}

function can(permission) {
  const ladder = ['read', 'write', 'delete', 'admin'];
  return session.status.key.permissions.some(
    (each) => ladder.indexOf(each) >= ladder.indexOf(permission),
  );
}

window.addEventListener('hashchange', show);
start();
