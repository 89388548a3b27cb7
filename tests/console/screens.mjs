// Walks through every screen of the console with a keyboard and a pointer, and takes a picture of
// each. What it is given comes from the environment; screens_test.py sets it.
import assert from 'node:assert/strict';
import {
  MARKUP, PHONE, WIDE, api, body, browser, dialog, drawn, go, heading, page, picture, press, see,
  signIn, step, until,
} from './walk.mjs';

const {KEY, READ_KEY, INGEST_KEY, TAKING, REFUSING, FAILING} = process.env;

await step('a key that is not good is refused with what to do', async () => {
  await signIn(`sk_${'x'.repeat(32)}`);
  await see('does not know this key');
  await page.getByLabel('API key').fill(INGEST_KEY);
  await press('Sign in');
  await see('may only send events');
  await picture('sign_in');
});

await step('an empty service says what comes next', async () => {
  await signIn(KEY);
  await heading('Overview');
  await see('Create the first one');
  await go('#/webhooks', 'Webhooks');
  await see('No webhooks yet.');
  await picture('webhooks_empty');
  await go('#/dead', 'Dead letters');
  await see('No delivery was given up.');
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  assert.equal((await page.context().cookies()).length, 0);
});

await step('the form shows what the server refuses beside each field', async () => {
  await go('#/webhooks/new', 'New webhook');
  await page.getByLabel('URL (required)').fill('https://10.0.0.7/');
  // What the pattern matches is asked for while it is typed; the answer comes after the refusal.
  const lookup = '**/v1/event-types*';
  let answerLookup;
  const asked = new Promise((resolve) => {
    page.route(lookup, (route) => {
      answerLookup = () => route.fulfill({json: {results: []}});
      resolve();
    });
  });
  await page.getByLabel('Event type or pattern 1').fill('coll*');
  await press('Create');
  await see('Not saved');
  await asked;
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 3);
  await answerLookup();
  await see('Matches no known event type');
  await page.unroute(lookup);
  for (const id of await page.locator('[aria-invalid="true"]').all()) {
    const said = await id.evaluate(
      (input) => document.getElementById(`${input.id}-error`).textContent,
    );
    assert.ok(said.length > 10, said);
  }
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 3);
  assert.equal(
    await page.evaluate(() => document.activeElement.getAttribute('aria-invalid')),
    'true',
  );
  await picture('form_refused');
});

await step('every kind of channel can be made', async () => {
  await page.getByLabel('Name', {exact: true}).fill(MARKUP);
  await page.getByLabel('Active').uncheck();
  await page.getByLabel('Event type or pattern 1').fill('collection.*');
  await see('Matches 3 known types');
  await press('Add another');
  await page.getByLabel('Event type or pattern 2').fill('**.failed');
  await page.getByLabel('URL (required)').fill(TAKING);
  await page.getByLabel('Headers').fill('Authorization: Bearer 12345678\nX-Team: data');
  await page.getByText('More settings').first().click();
  await page.getByLabel('In order').check();
  await page.getByLabel('Payload template').fill('{"kind": "{{ event_type }}"}');
  await page.getByLabel('Timeout').fill('5');
  const kinds = [
    ['slack', 'Incoming webhook URL', 'https://hooks.slack.com/services/T0/B0/xyz'],
    ['email', 'To (required)', 'ops@example.com\nteam@example.com'],
    ['sms', 'Phone numbers (required)', '+491701234567\n12'],
  ];
  for (const [i, [kind, label, value]] of kinds.entries()) {
    await press('Add a channel');
    await page
      .getByLabel('Kind')
      .nth(i + 1)
      .selectOption(kind);
    await page.getByLabel(label).fill(value);
  }
  await page.getByLabel('Subject').fill('{{ event_type }}');
  await press('Create');
  await see(/^Line 2: /);
  await page.getByLabel('Phone numbers (required)').fill('+491701234567');
  await picture('form_all_channels');
  await press('Create');
  await dialog()
    .getByText(/^whsec_/)
    .waitFor();
  await picture('secret_once');
  await press('I have it');
  await heading(MARKUP);
  const [made] = (await api('POST', '/v1/organizations/webhooks/list')).results;
  assert.equal(made.webhook_name, MARKUP);
  assert.deepEqual(made.event_types, ['collection.*', '**.failed']);
  assert.deepEqual(
    made.channels.map((each) => each.channel),
    ['webhook', 'slack', 'email', 'sms'],
  );
  assert.equal(made.channels[0].configs.timeout, 5);
  assert.equal(made.channels[0].configs.ordered, true);
  assert.deepEqual(made.channels[0].configs.payload_template, {kind: '{{ event_type }}'});
  assert.equal(made.is_active, false);
  await picture('webhook_all_channels');
});

await step('an edit keeps what it does not touch, masked secrets too', async () => {
  const [before] = (await api('POST', '/v1/organizations/webhooks/list')).results;
  await page.getByRole('link', {name: 'Edit', exact: true}).click();
  await heading('Edit');
  await page.getByLabel('Description').fill('Changed');
  await press('Save');
  await see('The webhook is saved.');
  await heading(MARKUP);
  const after = await api('GET', `/v1/organizations/webhooks/${before.webhook_id}`);
  assert.equal(after.description, 'Changed');
  assert.deepEqual(after.channels, before.channels);
});

let taking;
await step('a test shows the attempt of each channel, with request and response', async () => {
  taking = (
    await api('POST', '/v1/organizations/webhooks/', body('Search index', TAKING, ['collection.*']))
  ).webhook_id;
  await go(`#/webhooks/${taking}`, 'Search index');
  await press('Send a test');
  await dialog().getByText('Every channel took it.').waitFor();
  await dialog().getByText('onerror=alert').first().waitFor();
  await picture('test_sent');
  await page.keyboard.press('Escape');
  await dialog().waitFor({state: 'detached'});
});

await step('the log of deliveries goes on where the page ended', async () => {
  await until(
    async () =>
      (await api('GET', `/v1/organizations/webhooks/${taking}/deliveries?limit=100`)).results
        .length === 100,
  );
  await press('Refresh');
  const rows = page.locator('.log tbody tr');
  await until(async () => (await rows.count()) === 50);
  await press('Load more');
  await until(async () => (await rows.count()) === 100);
  const links = await rows.locator('a').evaluateAll((all) => all.map((each) => each.href));
  assert.equal(new Set(links).size, 100);
});

await step('the log of deliveries can be filtered', async () => {
  await page.getByLabel('Event type', {exact: true}).fill('collection.created');
  await page.getByLabel('Status').selectOption('delivered');
  await page.locator('.log tbody tr').nth(2).waitFor();
  await until(
    async () => !(await page.locator('.log tbody').innerText()).includes('collection.updated'),
  );
  await picture('delivery_log');
  await page.getByLabel('Status').selectOption('dead');
  await see('No attempt fits the filters.');
  await page.getByLabel('Status').selectOption('');
});

await step('a delivery shows its attempts and its event, and can be retried', async () => {
  await page.locator('.log tbody a').first().click();
  await heading('Delivery');
  await see('onerror=alert');
  await see('"event_type": "collection.created"');
  await press('Retry now');
  await see('Queued');
  await until(async () => {
    await page.getByRole('button', {name: 'Refresh'}).click();
    await page.locator('.loading').waitFor({state: 'detached'});
    return (await page.locator('.attempt').count()) === 2;
  });
  await picture('delivery');
});

await step('pause and resume', async () => {
  await go(`#/webhooks/${taking}`, 'Search index');
  await press('Pause');
  await page.getByRole('button', {name: 'Resume'}).waitFor();
  assert.equal((await api('GET', `/v1/organizations/webhooks/${taking}`)).is_active, false);
  await press('Resume');
  await page.getByRole('button', {name: 'Pause'}).waitFor();
  assert.equal((await api('GET', `/v1/organizations/webhooks/${taking}`)).is_active, true);
});

await step('recover queues what was missed', async () => {
  await press('Recover\u2026');
  await dialog().getByLabel('What').selectOption({index: 1});
  await picture('recover');
  await press('Recover');
  await see(/Queued: [\d,]+ messages? to its channels|The recovery goes on by itself/);
});

await step('a rotated secret is shown once; dialogs keep the focus', async () => {
  await press('Rotate secret\u2026');
  await dialog()
    .getByLabel(/^Hours/)
    .fill('1000');
  await press('Rotate');
  await dialog()
    .getByText(/expected a whole number/)
    .waitFor();
  for (let i = 0; i < 6; i += 1) {
    await page.keyboard.press('Tab');
    assert.ok(
      await page.evaluate(
        () =>
          document.activeElement === document.body ||
          document.activeElement.closest('dialog') !== null,
      ),
    );
  }
  await dialog()
    .getByLabel(/^Hours/)
    .fill('1');
  await press('Rotate');
  await dialog()
    .getByText(/^whsec_/)
    .waitFor();
  await press('I have it');
});

await step('dead letters are listed, chosen and retried', async () => {
  const refused = (
    await api('POST', '/v1/organizations/webhooks/', body('Old mirror', REFUSING, ['object.*']))
  ).webhook_id;
  await api('POST', '/v1/organizations/webhooks/', body('Slow partner', FAILING, ['trigger.*']));
  await api('POST', '/v1/events', [
    {event_type: 'object.created', metadata: {name: MARKUP}},
    {event_type: 'trigger.fired'},
  ]);
  await until(
    async () =>
      (await api('GET', `/v1/organizations/webhooks/${refused}/deliveries?status=dead`)).results
        .length > 0,
  );
  await until(
    async () =>
      (await api('GET', `/v1/organizations/webhooks/${refused}`)).disabled_reason !== null,
  );
  await api('POST', `/v1/organizations/webhooks/${refused}/test`);
  await go('#/dead', 'Dead letters');
  assert.equal(await page.getByRole('checkbox').count(), 1); // the test's is none
  await page.getByRole('checkbox').first().check();
  await picture('dead_letters');
  await page.clock.install();
  await press('Retry the chosen');
  await see(/Queued 1 of 1/);
  await go('#/tester', 'Pattern tester');
  await page.getByLabel('Pattern').fill('cluster.*');
  await page.clock.fastForward(5000);  // the list of dead letters would be drawn anew by now
  assert.equal(await page.getByLabel('Pattern').inputValue(), 'cluster.*');
  await go(`#/webhooks/${refused}/dead`, 'Dead letters');
  await go(`#/webhooks/${refused}`, 'Old mirror');
  await see('Disabled by the service');
  await picture('webhook_disabled');
});

await step('the list is searched and filtered by state', async () => {
  await go('#/webhooks', 'Webhooks');
  await picture('webhooks');
  await page.getByLabel('Search').fill('mirror');
  await see('1 webhook shown of 4');
  await page.getByLabel('State').selectOption('active');
  await see('None of the webhooks here fits.');
  await page.getByLabel('State').selectOption('disabled');
  await page.getByRole('link', {name: 'Old mirror'}).waitFor();
});

await step('patterns and events are tried out while they are typed', async () => {
  await go('#/tester', 'Pattern tester');
  await page.getByLabel('Pattern').pressSequentially('cluster.**');
  await see('Matches 6 known event types.');
  await page.getByLabel('Event type', {exact: true}).pressSequentially('collection.updated');
  await see('1 webhook would get it.');
  await page.getByRole('link', {name: 'Search index'}).waitFor();
  await picture('tester');
  await page.getByLabel('Pattern').fill('coll*');
  await see(/byte/);
  await page.getByLabel('Event type', {exact: true}).fill('nobody.wants.this');
  await see('No active webhook would get it.');
});

await step('the overview draws what happens', async () => {
  await go('#/', 'Overview');
  await until(async () => (await drawn()).every((columns) => columns > 10));
  const label = await page.locator('.chart-plot').first().getAttribute('aria-label');
  assert.match(label, /^Events in: [\d.]+(k)?\/s now/);
  assert.doesNotMatch(label, /: 0\/s now/);
  await see('Old mirror');
  await page.locator('.chart-plot').first().hover();
  await see(/^at \d\d:\d\d:\d\d$/);
  await picture('overview');
  await page.mouse.move(0, 0);
  await page.getByText(/^at \d\d:/).waitFor({state: 'detached'});
  const licence = page.getByRole('link', {name: 'MIT licence'});
  assert.equal(await licence.getAttribute('href'), '/console/uPlot.LICENSE.txt');
});

await step('keys alone lead everywhere: skip link, visible focus', async () => {
  await page.evaluate(() => {
    document.activeElement.blur();
    window.getSelection().removeAllRanges();
  });
  await page.locator('body').press('Tab');
  for (let i = 0; i < 12; i += 1) {
    const outline = await page.evaluate(() =>
      document.activeElement === document.body
        ? 'body'
        : getComputedStyle(document.activeElement).outlineStyle,
    );
    assert.notEqual(outline, 'none');
    await page.keyboard.press('Tab');
  }
  await page.locator('.skip').focus();
  const box = await page.locator('.skip').boundingBox();
  assert.ok(box.x >= 0);
});

await step('dark, and phone width: nothing overflows', async () => {
  const places = [
    ['#/', 'Overview', 'overview'],
    ['#/webhooks', 'Webhooks', 'webhooks'],
    [`#/webhooks/${taking}`, 'Search index', 'webhook'],
    ['#/webhooks/new', 'New webhook', 'form'],
    ['#/dead', 'Dead letters', 'dead_letters'],
    ['#/tester', 'Pattern tester', 'tester'],
  ];
  for (const [scheme, size, suffix] of [
    ['dark', WIDE, 'dark'],
    ['light', PHONE, 'phone'],
  ]) {
    await page.emulateMedia({colorScheme: scheme});
    await page.setViewportSize(size);
    for (const [place, title, name] of places) {
      await go(place, title);
      const [needed, there] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      assert.ok(needed <= there, `${name} at ${size.width}: ${needed}`);
      if (name === 'overview') await until(async () => (await drawn()).every((columns) => columns > 10));
      await picture(`${name}_${suffix}`);
    }
  }
  await page.emulateMedia({colorScheme: 'light'});
  await page.setViewportSize(WIDE);
});

await step('a webhook is deleted after a question', async () => {
  await go(`#/webhooks/${taking}`, 'Search index');
  await press('Delete\u2026');
  await press('Cancel');
  await press('Delete\u2026');
  await press('Delete');
  await see('The webhook is deleted.');
  await heading('Webhooks');
});

await step('a key that may only read is offered no changes', async () => {
  await press('Sign out');
  await page.getByLabel('API key').waitFor();
  assert.equal(await page.locator('nav').count(), 0);
  await signIn(READ_KEY);
  await go('#/webhooks', 'Webhooks');
  assert.equal(await page.getByRole('link', {name: 'New webhook'}).count(), 0);
  await page.locator('tbody a').first().click();
  await see('Your key may look, not change.');
});

assert.equal(await page.locator('#app img, #app script').count(), 0);
console.log('every screen was visited');
await browser.close();
