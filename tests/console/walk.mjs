// The browser that the steps of screens.mjs share, and what they do with it. What is wrong anywhere
// fails the step: a script error, a refusal by the policy, a dialog that markup opened, a request to
// elsewhere.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

const {CONSOLE, KEY, PICTURES, CHROMIUM} = process.env;
export const MARKUP = '<img src=x onerror=alert(1)>';
export const WIDE = {width: 1280, height: 860};
export const PHONE = {width: 390, height: 844};

export const browser = await chromium.launch({executablePath: CHROMIUM, args: ['--no-sandbox']});
const context = await browser.newContext({viewport: WIDE, reducedMotion: 'reduce'});
export const page = await context.newPage();
page.setDefaultTimeout(60000);
const complaints = [];
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
page.on('console', (message) => {
  // A refused request is logged by the browser itself, and is shown by the page.
  if (message.type() === 'error' && !message.text().includes('the server responded with a status'))
    complaints.push(message.text());
});
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('dialog', (dialog) => {
  complaints.push(`a dialog opened: ${dialog.message()}`);
  dialog.dismiss();
});
page.on('request', (request) => {
  if (!request.url().startsWith(`${CONSOLE}/`)) complaints.push(`a request to ${request.url()}`);
});

export async function api(method, path, body) {
  const answer = await fetch(CONSOLE + path, {
    method,
    body: body && JSON.stringify(body),
    headers: {Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json'},
  });
  return answer.status === 204 ? null : answer.json();
}

export async function step(name, act) {
  try {
    await act();
    assert.deepEqual(complaints, []);
    console.log(`good: ${name}`);
  } catch (error) {
    await page.screenshot({path: `${PICTURES}/failed.png`}).catch(() => {});
    console.log(`FAILED: ${name}: ${error.stack}`);
    await browser.close();
    process.exit(1);
  }
}

/** Takes a picture, and lets axe look for what people with other eyes or hands would miss. */
export async function picture(name) {
  await page.screenshot({path: `${PICTURES}/${name}.png`, fullPage: true});
  await page.evaluate(`window.axe ?? (() => { ${axe} })()`);
  const {violations} = await page.evaluate(() => window.axe.run(document));
  const found = violations.map((each) => `${each.id} on ${name}: ${each.nodes[0].html}`);
  assert.deepEqual(found, []);
}

export const see = (text) => page.getByText(text).first().waitFor();
export const heading = (name) => page.getByRole('heading', {name}).first().waitFor();
export const press = (name) => page.getByRole('button', {name, exact: true}).click();
export const dialog = () => page.getByRole('dialog');

export async function go(hash, name) {
  await page.evaluate((place) => {
    location.hash = place;
  }, hash);
  await heading(name);
  await page.locator('.loading').waitFor({state: 'detached'});
}

export async function signIn(key) {
  await page.goto(`${CONSOLE}/`);
  await page.getByLabel('API key').fill(key);
  await page.keyboard.press('Enter');
}

export async function until(condition) {
  const end = Date.now() + 60000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() < end, 'in time');
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

export function body(name, url, types) {
  return {webhook_name: name, event_types: types, channels: [{channel: 'webhook', configs: {url}}]};
}

/** Of each chart: in how many columns its line is, in the colour that the page has for it. */
export function drawn() {
  return page.evaluate(() =>
    [...document.querySelectorAll('.chart')].map((chart) => {
      const tone = getComputedStyle(chart).getPropertyValue('--tone').trim();
      const wanted = [1, 3, 5].map((at) => Number.parseInt(tone.slice(at, at + 2), 16));
      const canvas = chart.querySelector('canvas');
      const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const columns = new Set();
      for (let at = 0; at < data.length; at += 4) {
        const isTone = wanted.every((each, i) => Math.abs(data[at + i] - each) < 8);
        if (isTone && data[at + 3] > 200) columns.add((at / 4) % canvas.width);
      }
      return columns.size;
    }),
  );
}
