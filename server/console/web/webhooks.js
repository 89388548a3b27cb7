// All webhooks: search, state, and the way to each.
import {notify} from './dialog.js';
import {button, cell, el, empty, labelled, link, pill, replace, row, select, table} from './dom.js';
import {count, plural, when} from './format.js';

function stateOf(webhook) {
  if (!webhook.is_active) return webhook.disabled_reason === null ? 'paused' : 'disabled';
  return webhook.consecutive_failures > 0 ? 'failing' : 'active';
}

const TONES = {active: 'good', failing: 'warn', disabled: 'bad', paused: 'idle'};

export function statePill(webhook) {
  const state = stateOf(webhook);
  return pill(TONES[state], state);
}

/** Where a channel leads, in a few words. */
function targetOf({channel, configs}) {
  switch (channel) {
    case 'webhook':
      return configs.url;
    case 'slack':
      return configs.webhook_url ?? `channel ${configs.channel_id}`;
    case 'email':
      return (configs.to_addresses ?? []).join(', ');
    default:
      return (configs.phone_numbers ?? []).join(', ');
  }
}

function contains(webhook, words) {
  const text = [
    webhook.webhook_name,
    webhook.webhook_id,
    webhook.description ?? '',
    ...webhook.event_types,
    ...webhook.channels.map(targetOf),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function line(webhook) {
  return row([
    cell(
      'name',
      link(`#/webhooks/${webhook.webhook_id}`, webhook.webhook_name),
      el('div', {class: 'quiet'}, el('code', {}, webhook.webhook_id)),
    ),
    statePill(webhook),
    cell(
      'wide',
      webhook.event_types.slice(0, 3).map((type) => [el('code', {class: 'tag'}, type), ' ']),
      webhook.event_types.length > 3 ? `+${webhook.event_types.length - 3}` : null,
    ),
    cell(
      'target',
      webhook.channels
        .slice(0, 2)
        .map((channel) =>
          el('div', {}, el('span', {class: 'quiet'}, `${channel.channel} `), targetOf(channel)),
        ),
      webhook.channels.length > 2
        ? el('div', {class: 'quiet'}, `+${webhook.channels.length - 2} more`)
        : null,
    ),
    cell('number', count(webhook.consecutive_failures)),
    cell('nowrap', when(webhook.last_success_at)),
  ]);
}

export async function webhooks({api, can}) {
  const loaded = [];
  let cursor = '';
  let total = 0;
  const more = async () => {
    const page = await api.webhooks({}, {cursor});
    loaded.push(...page.results);
    cursor = page.pagination.next_cursor;
    if (loaded.length === page.results.length) total = page.total;
    draw();
  };
  const moreOrTell = async () => {
    try {
      await more();
    } catch (error) {
      notify(error.advice ?? error.message, 'bad');
    }
  };
  const search = labelled(
    'Search',
    el('input', {type: 'search', oninput: () => draw(), placeholder: 'Name, id, pattern, target'}),
  );
  const state = labelled(
    'State',
    select(
      [
        ['', 'any'],
        ['active', 'active'],
        ['failing', 'failing'],
        ['paused', 'paused'],
        ['disabled', 'disabled'],
      ],
      '',
      {onchange: () => draw()},
    ),
  );
  const list = el('div', {});
  const draw = () => {
    const words = search.input.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const found = loaded.filter(
      (each) =>
        contains(each, words) && (state.input.value === '' || stateOf(each) === state.input.value),
    );
    replace(
      list,
      loaded.length === 0
        ? empty(
            'No webhooks yet.',
            'A webhook says which events go where. ',
            link('#/webhooks/new', 'Create the first one.'),
          )
        : found.length === 0
          ? empty('None of the webhooks here fits.', 'Search for less, or choose another state.')
          : table(
              'Webhooks',
              [
                ['Webhook'],
                ['State'],
                ['Event types'],
                ['Channels'],
                ['Failures', 'number'],
                ['Last success'],
              ],
              found.map(line),
            ),
      el(
        'p',
        {class: 'quiet'},
        `${plural(found.length, 'webhook')} shown of ${count(total)}. `,
        cursor ? button('Load 200 more', moreOrTell, {class: 'small'}) : null,
      ),
    );
  };
  await more();
  return [
    el(
      'div',
      {class: 'heading'},
      el('h1', {}, 'Webhooks'),
      can('write')
        ? el('a', {class: 'button primary', href: '#/webhooks/new'}, 'New webhook')
        : null,
    ),
    el('div', {class: 'filters'}, search, state),
    list,
  ];
}
