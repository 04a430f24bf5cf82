// The pages that describe the API as people meet them: in Chromium, from the running program, under its policy. Pictures are
// left in build/web/screenshots.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { openapi, operations } from './support/contract.mjs';
import { chromium } from './support/packages.mjs';
import { Service } from './support/service.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const screenshots = fileURLToPath(new URL('../../build/web/screenshots/', import.meta.url));
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const desktop = { viewport: { width: 1280, height: 900 } };
const errorPath = '/docs/errors/not-found';

let service;
let browser;

before(async () => {
  await mkdir(screenshots, { recursive: true });
  service = await Service.start();
  browser = await chromium.launch({ executablePath });
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

/** Runs `steps` with a page in a browser of its own; fails if the console had anything to complain of. */
async function withPage(options, steps) {
  const problems = [];
  const context = await browser.newContext({ locale: 'en-ZA', ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(service.origin))
      problems.push(`asks for ${request.url()}`);
  });
  try {
    await steps(page, context);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

function open(page, path = '/docs') {
  return page.goto(service.origin + path);
}

function picture(page, name, options) {
  return page.screenshot({ path: `${screenshots}${name}.png`, ...options });
}

/** Returns the ratio of contrast of each text to what it stands on, the lowest first (WCAG 2.2, 1.4.3). */
function contrasts(page) {
  return page.evaluate(() => {
    const parse = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([red, green, blue]) => [red, green, blue]
      .map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] > 0)
          return color;
      }
      return [255, 255, 255];
    };
    const found = new Map();
    for (const element of document.querySelectorAll('body *')) {
      if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
        continue;
      const [light, dark] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))].sort((a, b) => b - a);
      found.set(`${element.tagName}.${element.className}`, (light + 0.05) / (dark + 0.05));
    }
    return [...found].sort(([, left], [, right]) => left - right);
  });
}

test('it shows every operation with a command that asks this service', async () => {
  await withPage(desktop, async (page, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const response = await open(page);
    assert.match(response.headers()['content-security-policy'], /^default-src 'none'; script-src 'self'; style-src 'self'/);
    for (const { id, method, path } of operations) {
      const article = page.locator(`article#${id}`);
      assert.equal((await article.locator('h3').innerText()).replace(/\s+/g, ' '), `${method} ${path}`);
      assert.ok((await article.locator('.curl code').innerText()).includes(`${service.origin}/`));
    }
    assert.equal(await page.locator('article').count(), operations.length);
    const first = page.locator('article#lookUpMember .curl');
    await first.getByRole('button', { name: 'Copy' }).click();
    await first.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await first.locator('code').innerText());
    assert.ok(copied.includes('8001015009087'));
    await picture(page, 'docs-light');
  });
});

test('every link within it leads somewhere', async () => {
  await withPage(desktop, async (page) => {
    await open(page);
    const dead = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
      .map((link) => link.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id)));
    assert.deepEqual(dead, []);
    const twice = await page.evaluate(() => {
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
      return ids.filter((id, index) => ids.indexOf(id) !== index);
    });
    assert.deepEqual(twice, []);
    const others = await page.evaluate(() => [...new Set([...document.querySelectorAll('a[href^="/"]')].map(({ pathname }) => pathname))]);
    assert.equal(others.length, openapi.components.schemas.ErrorCode.enum.length + 2);
    for (const path of others)
      assert.equal((await fetch(service.origin + path)).status, 200, path);
  });
});

test('it follows the system to dark, and is legible in both', async () => {
  for (const colorScheme of ['light', 'dark']) {
    await withPage({ ...desktop, colorScheme }, async (page) => {
      await open(page, '/docs#lookUpMember');
      const [[where, lowest]] = await contrasts(page);
      assert.ok(lowest >= 4.5, `${where} has a contrast of ${lowest}`);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(ground === 'rgb(255, 255, 255)', colorScheme === 'light');
      await picture(page, `docs-${colorScheme}-operation`);
    });
  }
});

test('a phone shows it without scrolling sideways', async () => {
  await withPage(phone, async (page) => {
    for (const path of ['/docs', errorPath]) {
      await open(page, path);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, 360, path);
    }
    await open(page);
    await picture(page, 'docs-phone');
    assert.equal(await page.locator('nav a').first().isVisible(), false);
    await page.getByText('Contents', { exact: true }).click();
    await picture(page, 'docs-phone-contents');
    await page.locator('nav a[href="#verifyCard"]').click();
    assert.equal(await page.locator('nav a').first().isVisible(), false);
    await page.locator('article#verifyCard h3').waitFor();
    await picture(page, 'docs-phone-operation');
  });
});

test('the keyboard reaches all of it', async () => {
  await withPage(desktop, async (page) => {
    await open(page);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 40));
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'To the content');
    await picture(page, 'docs-keyboard');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
    const reached = new Set();
    const all = await page.evaluate(() => document.querySelectorAll('main a, main button, main pre[tabindex]').length);
    for (let step = 0; step < all; ++step) {
      await page.keyboard.press('Tab');
      const [kind, outline] = await page.evaluate(() => {
        const { tagName } = document.activeElement;
        return [tagName, getComputedStyle(document.activeElement).outlineStyle];
      });
      assert.equal(outline, 'solid', 'what has the focus is outlined');
      reached.add(kind);
    }
    assert.deepEqual([...reached].sort(), ['A', 'BUTTON', 'DIV', 'PRE']);
  });
});

test('the contents show where one is', async () => {
  await withPage(desktop, async (page) => {
    await open(page);
    await page.locator('nav a[href="#getReadiness"]').click();
    await page.locator('nav a[aria-current="location"][href="#getReadiness"]').waitFor();
  });
});

test('without scripts everything is there', async () => {
  await withPage({ ...phone, javaScriptEnabled: false }, async (page) => {
    await open(page);
    assert.equal(await page.locator('nav a[href="#verifyCard"]').isVisible(), true);
    assert.equal(await page.locator('article#verifyCard .curl').isVisible(), true);
  });
});

test('it prints without its contents and buttons', async () => {
  await withPage(desktop, async (page) => {
    await open(page);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('nav').isVisible(), false);
    assert.equal(await page.locator('.curl button').first().isVisible(), false);
    assert.ok((await page.pdf({ format: 'A4' })).length > 50_000);
  });
});

test('the type of an error leads to a page for people and to text for others', async () => {
  await withPage(desktop, async (page) => {
    await open(page, errorPath);
    assert.equal(await page.locator('h1').innerText(), 'Not found');
    assert.equal(await page.locator('h2').count(), 4);
    await picture(page, 'docs-error');
    await page.getByRole('link', { name: 'All errors' }).click();
    await page.locator('#error-codes').waitFor();
  });
  const text = await fetch(service.origin + errorPath, { headers: { Accept: 'application/json' } });
  assert.ok(text.headers.get('content-type').startsWith('text/plain'));
  assert.ok((await text.text()).startsWith('NOT_FOUND (404): Not found\n\nWhat it means\n'));
});
