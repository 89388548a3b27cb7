// A pattern, and while it is typed the known event types that it matches.
import {el, labelled, replace} from './dom.js';
import {plural} from './format.js';

/** `act` once nothing was typed for a moment. */
export function later(act) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, 200);
  };
}

function shown(types, meanings) {
  if (types.length === 0) {
    return el(
      'p',
      {class: 'hint'},
      'Matches no known event type. Others may exist: it is not wrong for that.',
    );
  }
  if (!meanings) {
    return el(
      'p',
      {class: 'hint'},
      `Matches ${plural(types.length, 'known type')}: `,
      types
        .slice(0, 6)
        .map((type) => type.name)
        .join(', '),
      types.length > 6 ? ', \u2026' : '',
    );
  }
  return [
    el('p', {}, `Matches ${plural(types.length, 'known event type')}.`),
    el(
      'ul',
      {class: 'types'},
      types.map((type) =>
        el(
          'li',
          {},
          el('code', {class: 'tag'}, type.name),
          ' ',
          el('span', {class: 'quiet'}, type.meaning),
        ),
      ),
    ),
  ];
}

/** {node, field, value(), refuse(message)}. `meanings`: what the types mean is listed as well. */
export function patternInput(api, value, {label, meanings = false}) {
  const result = el('div', {'aria-live': 'polite', class: 'matches'});
  let visit = 0;
  let isRefused = false; // by whom it was sent to: that stands until something else is typed
  const complain = (message) => isRefused || field.complain(message);
  const look = async () => {
    const text = field.input.value.trim();
    visit += 1;
    const own = visit;
    if (text === '') {
      complain('');
      return replace(result);
    }
    try {
      const types = (await api.eventTypes(text)).results;
      if (own !== visit) return;
      complain('');
      replace(result, shown(types, meanings));
    } catch (error) {
      if (own !== visit) return;
      complain(error.problems?.[0]?.message ?? error.advice ?? error.message);
      replace(result);
    }
  };
  const lookSoon = later(look);
  const field = labelled(
    label,
    el('input', {
      type: 'text',
      value,
      spellcheck: 'false',
      autocomplete: 'off',
      placeholder: 'collection.*',
      oninput: () => {
        isRefused = false;
        lookSoon();
      },
    }),
  );
  look();
  return {
    node: el('div', {class: 'pattern'}, field, result),
    field,
    value: () => field.input.value.trim(),
    refuse: (message) => {
      isRefused = message !== '';
      field.complain(message);
    },
  };
}
