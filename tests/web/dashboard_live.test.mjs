// The dashboard of the program itself, under load, with a database that is killed and comes back. Pictures are left in
// build/web/screenshots.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Database } from './support/database.mjs';
import { Load } from './support/load.mjs';
import { chromium } from './support/packages.mjs';
import { eventually, Service } from './support/service.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const screenshots = fileURLToPath(new URL('../../build/web/screenshots/', import.meta.url));
// Few statements are under way at once here, and attempts to connect do not trip the breaker: so one that fails is enough.
const settings = { TESSERA_NO_LIMITS: 'true', BREAKER_FAILURES: '1', BREAKER_RECOVERY: '2s' };

let database;
let service;
let load;
let browser;

before(async () => {
  await mkdir(screenshots, { recursive: true });
  database = await Database.start();
  service = await Service.start(settings, database.url);
  load = new Load(service.origin, service.exampleIdNumber);
  browser = await chromium.launch({ executablePath });
});

after(async () => {
  await browser?.close();
  await load?.stop();
  await service?.stop();
  await database?.stop();
});

function figure(text) {
  return Number(text.replaceAll('\u202f', '').replace(/[^\d.].*/, ''));
}

test('the breaker is seen to trip when the database is killed, and to close when it is back', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  const shows = (what, pattern) => eventually(async () => pattern.test(await page.locator(what).innerText()), `${what}: ${pattern}`);
  const picture = async (name) => {
    assert.doesNotMatch(await page.locator('body').innerText(), /undefined|NaN|Infinity|\[object/);
    await page.screenshot({ path: join(screenshots, `dashboard_live_${name}.png`) });
  };

  await page.goto(service.operatorOrigin);
  await shows('#word', /^ok$/i);
  await eventually(async () => figure(await page.locator('.tile .now').first().innerText()) > 10, 'requests');
  await shows('#breaker .headline', /^\s*closed/);
  await shows('#pool .headline', /mysql answers/);
  await eventually(async () => figure(await page.locator('.stage:has-text("Database") .rate').innerText()) > 1, 'requests of the database');
  await picture('ok');

  await database.kill();
  await shows('#word', /^(degraded|down)$/i);
  await shows('#breaker .headline', /^\s*(open|half open)/);
  await shows('#breaker .transitions', /from closed: /);
  await shows('#events', /breaker, critical/);
  await shows('#firing', /critical/);
  await picture('breaker_open');

  await database.resume();
  await shows('#breaker .headline', /^\s*closed/);
  await shows('#word', /^ok$/i);
  await picture('recovered');
  assert.deepEqual(problems, []);
});
