// Elements, made without markup: whatever a name, an event or a receiver says becomes a text node.

const PROPERTIES = new Set(['value', 'checked', 'disabled', 'selected', 'hidden', 'required']);

/** el('a', {href: '#/', class: 'x', onclick: f}, 'text', node, [more], null) */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  set(node, attributes);
  node.append(...flatten(children));
  return node;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (PROPERTIES.has(name)) {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
}

function flatten(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

export function replace(node, ...children) {
  node.replaceChildren(...flatten(children));
  return node;
}

let ids = 0;
export function freshId(stem) {
  ids += 1;
  return `${stem}-${ids}`;
}

export function button(label, onclick, attributes = {}) {
  return el('button', {type: 'button', onclick, ...attributes}, label);
}

export function link(hash, ...children) {
  return el('a', {href: hash}, children);
}

/** A label above an input, with room for help and for what is wrong. */
export function labelled(label, input, help = '') {
  const id = input.id || freshId('field');
  input.id = id;
  const hint = el('p', {class: 'hint', id: `${id}-hint`}, help);
  const error = el('p', {class: 'field-error', id: `${id}-error`, hidden: true});
  input.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
  const box = el('div', {class: 'field'}, el('label', {for: id}, label), input, hint, error);
  box.complain = (message) => {
    error.textContent = message;
    error.hidden = message === '';
    input.setAttribute('aria-invalid', String(message !== ''));
  };
  box.input = input;
  return box;
}

export function select(options, value, attributes = {}) {
  return el(
    'select',
    attributes,
    options.map(([key, text]) => el('option', {value: key, selected: key === value}, text)),
  );
}

export function empty(title, ...advice) {
  return el('div', {class: 'empty'}, el('p', {class: 'empty-title'}, title), el('p', {}, advice));
}

export function pill(kind, text) {
  return el('span', {class: `pill pill-${kind}`}, text);
}

/** A table that scrolls by itself; `columns` are [title, class]. */
export function table(caption, columns, rows) {
  return el(
    'div',
    {class: 'table-box', tabindex: '0', role: 'region', 'aria-label': caption},
    el(
      'table',
      {},
      el('caption', {class: 'unseen'}, caption),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map(([title, kind]) => el('th', {scope: 'col', class: kind}, title)),
        ),
      ),
      el('tbody', {}, rows),
    ),
  );
}

export function row(cells, attributes = {}) {
  return el(
    'tr',
    attributes,
    cells.map((cell) =>
      cell instanceof Element && cell.tagName === 'TD' ? cell : el('td', {}, cell),
    ),
  );
}

export function cell(kind, ...children) {
  return el('td', {class: kind}, children);
}
