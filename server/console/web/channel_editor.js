// One channel in the form of a webhook.
import {CHANNEL_FIELDS, KINDS, putAt, toText, toValue, valueAt} from './channel_fields.js';
import {button, el, freshId, labelled, replace, select} from './dom.js';

const LONG = new Set(['json', 'blocks', 'template', 'list', 'headers', 'flag']);

function inputOf(field, value) {
  const text = toText(field.kind, value);
  switch (field.kind) {
    case 'choice':
      return select(
        field.choices.map((each) => [each, each]),
        text || field.choices[0],
      );
    case 'list':
    case 'headers':
      return el('textarea', {rows: 2, spellcheck: 'false', value: text});
    case 'json':
    case 'blocks':
      return el('textarea', {rows: 5, spellcheck: 'false', class: 'mono', value: text});
    case 'template':
      return el('textarea', {
        rows: field.rows ?? 4,
        spellcheck: 'false',
        class: 'mono',
        value: text,
      });
    case 'number':
    case 'integer':
      return el('input', {type: 'text', inputmode: 'decimal', value: text});
    default:
      return el('input', {type: 'text', value: text, spellcheck: 'false', autocomplete: 'off'});
  }
}

function checkbox(field, value) {
  const input = el('input', {type: 'checkbox', id: freshId('flag'), checked: value === true});
  const error = el('p', {class: 'field-error', hidden: true});
  const box = el(
    'div',
    {class: 'field'},
    el('p', {class: 'check'}, input, el('label', {for: input.id}, field.label)),
    error,
  );
  box.input = input;
  box.complain = (message) => {
    error.textContent = message;
    error.hidden = message === '';
  };
  return box;
}

export class ChannelEditor {
  #configs; // as they were read: what the form does not show is kept
  #fields = [];

  /** `remove(editor)` is called when the channel is to go. */
  constructor({channel, configs}, remove) {
    this.#configs = configs;
    this.kind = labelled(
      'Kind',
      select(KINDS, channel, {
        onchange: () => {
          this.#configs = {};
          this.#draw();
        },
      }),
    );
    this.body = el('div', {});
    this.problem = el('p', {class: 'field-error', hidden: true});
    this.node = el(
      'fieldset',
      {class: 'card channel'},
      el('legend', {}, 'Channel'),
      el(
        'div',
        {class: 'channel-head'},
        this.kind,
        button('Remove the channel', () => remove(this), {class: 'small'}),
      ),
      this.problem,
      this.body,
    );
    this.#draw();
  }

  #draw() {
    const fields = CHANNEL_FIELDS[this.kind.input.value];
    this.#fields = fields.map((field) => {
      const value = valueAt(this.#configs, field.name);
      const label = field.isRequired ? `${field.label} (required)` : field.label;
      const box =
        field.kind === 'flag'
          ? checkbox(field, value)
          : labelled(label, inputOf(field, value), field.help ?? '');
      if (field.isMore && !LONG.has(field.kind)) box.classList.add('short');
      return {...field, box, isSet: value !== undefined && value !== null};
    });
    const more = this.#fields.filter((field) => field.isMore);
    this.details =
      more.length === 0
        ? null
        : el(
            'details',
            {
              open: more.some(
                (field) => field.isSet && field.name !== 'secret' && field.name !== 'timeout',
              ),
            },
            el('summary', {}, 'More settings'),
            el(
              'div',
              {class: 'more'},
              more.map((field) => field.box),
            ),
          );
    replace(
      this.body,
      this.#fields.filter((field) => !field.isMore).map((field) => field.box),
      this.details,
    );
  }

  /** The channel as the API takes it; null: a field cannot be read, and says so. */
  read() {
    const configs = structuredClone(this.#configs);
    let isGood = true;
    for (const field of this.#fields) {
      const {input} = field.box;
      try {
        putAt(
          configs,
          field.name,
          toValue(field.kind, field.kind === 'flag' ? input.checked : input.value),
        );
      } catch (error) {
        isGood = false;
        this.complain(['configs', field.name], error.message);
      }
    }
    return isGood ? {channel: this.kind.input.value, configs} : null;
  }

  /** Shows a problem beside the field that `steps`, from the channel on, lead to. */
  complain(steps, message) {
    const path = steps.slice(1).join('.');
    const field = this.#fields.find(
      (each) => path === each.name || path.startsWith(`${each.name}.`),
    );
    if (field) {
      if (field.isMore) this.details.open = true;
      const item = path.slice(field.name.length + 1);
      return field.box.complain(
        /^\d+$/.test(item)
          ? `Line ${Number(item) + 1}: ${message}`
          : item === ''
            ? message
            : `${item}: ${message}`,
      );
    }
    this.problem.textContent = path === '' ? message : `${path}: ${message}`;
    this.problem.hidden = false;
  }

  clear() {
    this.problem.hidden = true;
    for (const field of this.#fields) field.box.complain('');
  }

  focus() {
    this.kind.input.focus();
  }
}
