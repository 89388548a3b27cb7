// What surrounds every screen: the way to the others, and who is signed in.
import {button, el, link, replace} from './dom.js';

const PLACES = [
  ['#/', 'Overview', /^#?\/?$/],
  ['#/webhooks', 'Webhooks', /^#\/webhooks/],
  ['#/dead', 'Dead letters', /^#\/dead/],
  ['#/tester', 'Tester', /^#\/tester/],
];

/** Draws it into `app`; returns the element that the screen goes into. */
export function shell(app, status, hash, signOut) {
  const main = el('main', {id: 'main', tabindex: '-1'});
  replace(
    app,
    el(
      'div',
      {class: 'shell'},
      el(
        'header',
        {class: 'side'},
        el(
          'div',
          {class: 'side-inner'},
          el(
            'a',
            {class: 'brand', href: '#/'},
            el('span', {class: 'mark', 'aria-hidden': 'true'}),
            'sluice',
          ),
          el(
            'nav',
            {'aria-label': 'Screens'},
            PLACES.map(([place, title, pattern]) => {
              const entry = link(place, title);
              if (pattern.test(hash)) entry.setAttribute('aria-current', 'page');
              return entry;
            }),
          ),
          el(
            'div',
            {class: 'who'},
            el('div', {class: 'who-name', title: 'Organization'}, status.organization),
            el(
              'div',
              {class: 'quiet'},
              el('code', {}, `${status.key.prefix}\u2026`),
              ' ',
              status.key.permissions.join(', '),
            ),
            button('Sign out', signOut, {class: 'small'}),
          ),
        ),
      ),
      main,
    ),
  );
  return main;
}
