// What each kind of channel can be told: the one list that the form draws, reads and fills from.
// `kind` says how a text becomes a value: text, number, integer, flag, list (one a line), headers
// (Name: value), json, template.

const TEMPLATE =
  'Text with holes such as {{ event_type }} or {{ metadata.name | default("none") }}.';

export const CHANNEL_FIELDS = {
  webhook: [
    {
      name: 'url',
      label: 'URL',
      kind: 'text',
      isRequired: true,
      help: 'https://\u2026 Every event is POSTed there, signed.',
    },
    {
      name: 'headers',
      label: 'Headers',
      kind: 'headers',
      help: 'One a line, as Name: value. Secret values are masked once saved.',
    },
    {
      name: 'payload_template',
      label: 'Payload template',
      kind: 'json',
      isMore: true,
      help: 'A JSON object that replaces the event; its strings may have holes.',
    },
    {
      name: 'secret',
      label: 'Signing secret',
      kind: 'text',
      isMore: true,
      help: 'whsec_\u2026; left empty, one is generated and shown once.',
    },
    {
      name: 'timeout',
      label: 'Timeout',
      kind: 'number',
      isMore: true,
      help: 'Seconds for an attempt, 1 to 60; 10 if empty.',
    },
    {
      name: 'rate_limit',
      label: 'Rate limit',
      kind: 'number',
      isMore: true,
      help: 'Deliveries a second at most.',
    },
    {
      name: 'max_in_flight',
      label: 'Requests at a time',
      kind: 'integer',
      isMore: true,
      help: '1 to 1000.',
    },
    {
      name: 'ordered',
      label: 'In order: the next event waits for the one before',
      kind: 'flag',
      isMore: true,
    },
    {
      name: 'batch.max_events',
      label: 'Batch: events',
      kind: 'integer',
      isMore: true,
      help: 'Several events in one request, up to this many; empty: one each.',
    },
    {
      name: 'batch.max_wait_ms',
      label: 'Batch: wait',
      kind: 'integer',
      isMore: true,
      help: 'Milliseconds that a batch may wait to fill up.',
    },
  ],
  slack: [
    {
      name: 'webhook_url',
      label: 'Incoming webhook URL',
      kind: 'text',
      help: 'https://hooks.slack.com/\u2026; or else a bot token and a channel id.',
    },
    {
      name: 'bot_token',
      label: 'Bot token',
      kind: 'text',
      help: 'xoxb-\u2026, with permission chat:write.',
    },
    {
      name: 'channel_id',
      label: 'Channel id',
      kind: 'text',
      help: 'Such as C0123456789; goes with the bot token.',
    },
    {
      name: 'blocks_template',
      label: 'Blocks template',
      kind: 'blocks',
      isMore: true,
      help: 'Slack blocks as JSON, whose strings may have holes.',
    },
    {name: 'username', label: 'User name', kind: 'text', isMore: true},
    {name: 'icon_emoji', label: 'Icon emoji', kind: 'text', isMore: true, help: 'Such as :bell:'},
    {name: 'icon_url', label: 'Icon URL', kind: 'text', isMore: true},
  ],
  email: [
    {
      name: 'to_addresses',
      label: 'To',
      kind: 'list',
      isRequired: true,
      help: 'One address a line.',
    },
    {name: 'subject_template', label: 'Subject', kind: 'template', rows: 1, help: TEMPLATE},
    {name: 'body_template', label: 'Body', kind: 'template', help: TEMPLATE},
    {
      name: 'content_type',
      label: 'Body is',
      kind: 'choice',
      choices: ['html', 'plain_text', 'markdown', 'json'],
    },
    {name: 'cc_addresses', label: 'Cc', kind: 'list', isMore: true, help: 'One address a line.'},
    {name: 'bcc_addresses', label: 'Bcc', kind: 'list', isMore: true, help: 'One address a line.'},
  ],
  sms: [
    {
      name: 'phone_numbers',
      label: 'Phone numbers',
      kind: 'list',
      isRequired: true,
      help: 'One a line, with country code: +491701234567.',
    },
    {name: 'message_template', label: 'Message', kind: 'template', help: TEMPLATE},
  ],
};

export const KINDS = [
  ['webhook', 'Webhook (HTTP)'],
  ['slack', 'Slack'],
  ['email', 'E-mail'],
  ['sms', 'SMS'],
];

/** The text that stands for `value` in the form. */
export function toText(kind, value) {
  if (value === null || value === undefined) return '';
  switch (kind) {
    case 'list':
      return value.join('\n');
    case 'headers':
      return Object.entries(value)
        .map(([name, text]) => `${name}: ${text}`)
        .join('\n');
    case 'json':
      return JSON.stringify(value, null, 2);
    case 'blocks':
      return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    default:
      return String(value);
  }
}

const lines = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The value of a text; undefined: leave the field out. Errors: Error, whose message says what to write. */
export function toValue(kind, text) {
  if (kind === 'flag') return text ? true : undefined;
  if (text.trim() === '') return undefined;
  switch (kind) {
    case 'number':
    case 'integer': {
      const value = Number(text);
      if (Number.isNaN(value)) throw new Error('expected a number');
      return value;
    }
    case 'list':
      return lines(text);
    case 'headers':
      return Object.fromEntries(
        lines(text).map((line) => {
          const colon = line.indexOf(':');
          if (colon < 1) throw new Error(`expected Name: value, not '${line}'`);
          return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
        }),
      );
    case 'json':
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new Error(`expected JSON: ${error.message}`);
      }
    case 'blocks':
      try {
        return JSON.parse(text);
      } catch {
        return text; // becomes JSON once its holes are filled
      }
    case 'template':
      return text;
    default:
      return text.trim();
  }
}

/** The value at a dotted name. */
export function valueAt(configs, name) {
  return name.split('.').reduce((value, step) => value?.[step], configs);
}

/** Puts a value there, or removes it when it is undefined. */
export function putAt(configs, name, value) {
  const steps = name.split('.');
  const last = steps.pop();
  if (value === undefined && steps.length > 0 && !configs[steps[0]]) return;
  const owner = steps.reduce((object, step) => (object[step] ??= {}), configs);
  if (value === undefined) delete owner[last];
  else owner[last] = value;
  if (steps.length > 0 && Object.keys(owner).length === 0) delete configs[steps[0]];
}
