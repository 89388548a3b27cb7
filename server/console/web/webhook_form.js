// Creates and edits a webhook: every kind of channel, and what the server says beside its field.
import {ChannelEditor} from './channel_editor.js';
import {notify, showSecrets} from './dialog.js';
import {button, el, freshId, labelled, link, replace} from './dom.js';
import {patternInput} from './pattern_field.js';

/** The event types: one input each. */
class PatternList {
  constructor(api, patterns) {
    this.api = api;
    this.entries = [];
    this.list = el('div', {class: 'patterns'});
    this.problem = el('p', {class: 'field-error', hidden: true});
    this.node = el(
      'fieldset',
      {class: 'card'},
      el('legend', {}, 'Event types'),
      el(
        'p',
        {class: 'hint lead'},
        'Names or patterns: ',
        el('code', {}, '*'),
        ' is one segment, ',
        el('code', {}, '**'),
        ' any number, ',
        el('code', {}, '*'),
        ' alone every event.',
      ),
      this.list,
      this.problem,
      button('Add another', () => this.add('').field.input.focus(), {class: 'small'}),
    );
    for (const pattern of patterns.length > 0 ? patterns : ['']) this.add(pattern);
  }

  add(pattern) {
    const entry = patternInput(this.api, pattern, {
      label: `Event type or pattern ${this.entries.length + 1}`,
    });
    entry.node.append(
      button(
        'Remove',
        () => {
          this.entries = this.entries.filter((each) => each !== entry);
          entry.node.remove();
        },
        {class: 'small remove', 'aria-label': 'Remove this event type'},
      ),
    );
    this.entries.push(entry);
    this.list.append(entry.node);
    return entry;
  }

  // Rows that are empty are not sent, so the server's numbers count the others.
  #filled() {
    return this.entries.filter((each) => each.value() !== '');
  }

  values() {
    return this.#filled().map((each) => each.value());
  }

  complain(path, message) {
    const entry = this.#filled()[Number(path.split('.')[1])];
    if (entry) return entry.refuse(message);
    this.problem.textContent = message;
    this.problem.hidden = message === '';
  }

  clear() {
    this.complain('event_types', '');
    for (const entry of this.entries) entry.refuse('');
  }
}

class WebhookForm {
  constructor({api}, id, webhook, etag) {
    this.api = api;
    this.id = id;
    this.etag = etag;
    this.name = labelled(
      'Name',
      el('input', {type: 'text', value: webhook.webhook_name ?? '', maxlength: 200}),
    );
    this.description = labelled(
      'Description',
      el('input', {type: 'text', value: webhook.description ?? ''}),
      'For people; optional.',
    );
    const activeId = freshId('active');
    this.active = el('input', {type: 'checkbox', id: activeId, checked: webhook.is_active ?? true});
    this.patterns = new PatternList(api, webhook.event_types ?? []);
    this.channels = [];
    this.channelList = el('div', {});
    for (const channel of webhook.channels ?? [{channel: 'webhook', configs: {}}])
      this.addChannel(channel);
    this.summary = el('div', {class: 'alert', role: 'alert', tabindex: '-1', hidden: true});
    this.submit = el('button', {type: 'submit', class: 'primary'}, id === null ? 'Create' : 'Save');
    this.node = el(
      'form',
      {
        novalidate: true,
        class: 'webhook-form',
        onsubmit: (event) => {
          event.preventDefault();
          this.save();
        },
      },
      this.summary,
      el(
        'fieldset',
        {class: 'card'},
        el('legend', {}, 'What it is'),
        this.name,
        this.description,
        el(
          'p',
          {class: 'check'},
          this.active,
          el('label', {for: activeId}, 'Active: events are matched'),
        ),
      ),
      this.patterns.node,
      this.channelList,
      button('Add a channel', () => this.addChannel({channel: 'webhook', configs: {}}).focus()),
      el(
        'div',
        {class: 'form-actions'},
        this.submit,
        link(id === null ? '#/webhooks' : `#/webhooks/${encodeURIComponent(id)}`, 'Cancel'),
      ),
    );
  }

  addChannel(channel) {
    const editor = new ChannelEditor(channel, (gone) => {
      this.channels = this.channels.filter((each) => each !== gone);
      gone.node.remove();
    });
    this.channels.push(editor);
    this.channelList.append(editor.node);
    return editor;
  }

  async save() {
    this.clear();
    const channels = this.channels.map((each) => each.read());
    if (channels.includes(null)) return this.say('Some fields below cannot be read.', []);
    const body = {
      webhook_name: this.name.input.value.trim(),
      is_active: this.active.checked,
      description: this.description.input.value.trim() || null,
      event_types: this.patterns.values(),
      channels,
    };
    this.submit.disabled = true;
    try {
      const saved = await this.api.save(this.id, body, this.etag);
      notify(this.id === null ? 'The webhook is created.' : 'The webhook is saved.');
      await showSecrets('The signing secret, shown this once', saved);
      location.hash = `#/webhooks/${saved.webhook_id}`;
    } catch (error) {
      if (error.status === undefined) throw error;
      const rest = (error.problems ?? []).filter(({path, message}) => !this.place(path, message));
      this.say(
        error.status === 422 ? 'Not saved: some fields below are not valid.' : error.advice,
        rest,
      );
    } finally {
      this.submit.disabled = false;
    }
  }

  /** Shows a problem beside its field. False: it has none here. */
  place(path, message) {
    const steps = path.split('.');
    if (steps[0] === 'webhook_name') this.name.complain(message);
    else if (steps[0] === 'description') this.description.complain(message);
    else if (steps[0] === 'event_types') this.patterns.complain(path, message);
    else if (steps[0] === 'channels' && this.channels[Number(steps[1])]) {
      this.channels[Number(steps[1])].complain(steps.slice(2), message);
    } else return false;
    return true;
  }

  clear() {
    this.summary.hidden = true;
    this.name.complain('');
    this.description.complain('');
    this.patterns.clear();
    for (const channel of this.channels) channel.clear();
  }

  say(text, problems) {
    replace(
      this.summary,
      el('p', {}, text),
      problems.length > 0
        ? el(
            'ul',
            {},
            problems.map((each) => el('li', {}, `${each.path}: ${each.message}`)),
          )
        : null,
    );
    this.summary.hidden = false;
    (this.node.querySelector('[aria-invalid="true"]') ?? this.summary).focus();
  }
}

export async function webhookForm(context, id) {
  const found = id === null ? {body: {}, etag: null} : await context.api.webhook(id);
  return [
    el(
      'div',
      {class: 'heading'},
      el('h1', {}, id === null ? 'New webhook' : `Edit ${found.body.webhook_name}`),
    ),
    new WebhookForm(context, id, found.body, found.etag).node,
  ];
}
