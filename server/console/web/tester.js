// Tries patterns and event types out against the catalogue and against the webhooks that there are.
import {cell, el, empty, labelled, link, replace, row, table} from './dom.js';
import {later, patternInput} from './pattern_field.js';
import {plural} from './format.js';

function eventTester(api) {
  const result = el('div', {'aria-live': 'polite'});
  let visit = 0;
  const look = later(async () => {
    const text = field.input.value.trim();
    visit += 1;
    const own = visit;
    field.complain('');
    if (text === '') return replace(result);
    try {
      const page = await api.webhooksOf(text);
      if (own !== visit) return;
      replace(
        result,
        page.total === 0
          ? empty(
              'No active webhook would get it.',
              'The event would be accepted and kept, and reach nobody. ',
              link('#/webhooks/new', 'Create a webhook.'),
            )
          : [
              el(
                'p',
                {},
                `${plural(page.total, 'webhook')} would get it`,
                page.total > page.results.length
                  ? `; the newest ${page.results.length} are listed.`
                  : '.',
              ),
              table(
                'Webhooks that would get it',
                [['Webhook'], ['Event types']],
                page.results.map((each) =>
                  row([
                    link(`#/webhooks/${each.webhook_id}`, each.webhook_name),
                    cell(
                      'wide',
                      each.event_types.map((type) => [el('code', {class: 'tag'}, type), ' ']),
                    ),
                  ]),
                ),
              ),
            ],
      );
    } catch (error) {
      if (own !== visit) return;
      replace(result);
      field.complain(error.problems?.[0]?.message ?? error.advice ?? error.message);
    }
  });
  const field = labelled(
    'Event type',
    el('input', {
      type: 'text',
      spellcheck: 'false',
      autocomplete: 'off',
      placeholder: 'cluster.execution.failed',
      oninput: look,
      list: 'known-types',
    }),
    'As an event says it: no wildcards.',
  );
  return el(
    'section',
    {class: 'card'},
    el('h2', {}, 'Which webhooks would get this event?'),
    field,
    result,
  );
}

export async function tester({api}) {
  const known = (await api.eventTypes()).results;
  return [
    el('div', {class: 'heading'}, el('h1', {}, 'Pattern tester')),
    el(
      'datalist',
      {id: 'known-types'},
      known.map((type) => el('option', {value: type.name})),
    ),
    el(
      'div',
      {class: 'two'},
      el(
        'section',
        {class: 'card'},
        el('h2', {}, 'Which event types does this match?'),
        patternInput(api, '', {label: 'Pattern', meanings: true}).node,
      ),
      eventTester(api),
    ),
    el(
      'p',
      {class: 'quiet'},
      'In a pattern ',
      el('code', {}, '*'),
      ' stands for one segment, ',
      el('code', {}, '**'),
      ' for any number of them, and ',
      el('code', {}, '*'),
      ' alone for every event.',
    ),
  ];
}
