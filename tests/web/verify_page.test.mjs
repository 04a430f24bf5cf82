// The verify page as people meet it: in Chromium, by its address, with a camera, without the network. Pictures of each
// state are left in build/web/screenshots.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { dayOf, Issuer } from './support/issuer.mjs';
import { chromium } from './support/packages.mjs';
import { PageServer } from './support/page_server.mjs';
import { qrPng, writeQrFilm } from './support/pictures.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const screenshots = fileURLToPath(new URL('../../build/web/screenshots/', import.meta.url));
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const desktop = { viewport: { width: 1280, height: 900 } };
const fakeCamera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const keysPath = '/.well-known/jwks.json';
const revocationsPath = '/api/v1/revocations';

const issuer = new Issuer();
const now = Math.floor(Date.now() / 1000);
const today = dayOf(now);
const claims = { memberId: 123456, epoch: 2, issueDay: today - 30, expiryDay: today + 335 };
const listed = [{ memberId: 700, revokedUpTo: 2 }, { memberId: 800, currentEpoch: 3 }];
const valid = issuer.token(claims);

let server;
let browser;
let directory;
let problems; // what the browser's console said of scripts and the policy

before(async () => {
  await mkdir(screenshots, { recursive: true });
  directory = await mkdtemp(join(tmpdir(), 'tessera-web-'));
  browser = await chromium.launch({ executablePath });
});

after(async () => {
  await browser?.close();
  await rm(directory, { recursive: true });
});

beforeEach(async () => {
  problems = [];
  server = new PageServer();
  server.published = { [keysPath]: issuer.keySet(), [revocationsPath]: issuer.revocations(now - 180, listed) };
  await server.start();
});

afterEach(() => server.stop());

// Runs `steps` with a page in a browser of its own; fails if a script or the policy had anything to complain of.
async function withPage(options, steps, inBrowser = browser) {
  const context = await inBrowser.newContext({ locale: 'en-ZA', ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text()))
      problems.push(message.text());
  });
  try {
    await steps(page, context);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

function open(page, token = '') {
  return page.goto(`${server.origin}/V${token && `#${token}`}`);
}

async function shown(page, state) {
  await page.locator(`#result[data-state="${state}"]`).waitFor();
  return (await page.locator('#result').innerText()).replace(/\s+/g, ' ');
}

// Chooses a picture as with the file chooser.
function choose(page, png) {
  return page.setInputFiles('#picture', { name: 'card.png', mimeType: 'image/png', buffer: png });
}

// Nothing may stick out to the side, whatever the language, nor on the narrowest phones (320 pixels: WCAG 2.2, 1.4.10).
async function assertFits(page) {
  const size = page.viewportSize();
  for (const width of [size.width, 320]) {
    await page.setViewportSize({ ...size, width });
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(content <= width, `${content} pixels in a window of ${width}`);
  }
  await page.setViewportSize(size);
}

const cases = [
  ['valid', valid, 'valid', /^VALID Membership number MEM123456 Card number 123456-02S-. Valid until \d{4}-\d\d-\d\d /],
  ['premium', issuer.token({ ...claims, template: 1 }), 'valid', /Card number 123456-02P-./],
  ['expired', issuer.token({ ...claims, expiryDay: today - 1 }), 'invalid', /^NOT VALID Expired: \d{4}/],
  ['not_yet_valid', issuer.token({ ...claims, issueDay: today + 9 }), 'invalid', /^NOT VALID Valid only from: \d{4}/],
  ['revoked', issuer.token({ ...claims, memberId: 700 }), 'invalid', /^NOT VALID The organisation has withdrawn/],
  ['superseded', issuer.token({ ...claims, memberId: 800 }), 'invalid', /^NOT VALID A newer card has replaced/],
  ['malformed', 'HELLO', 'invalid', /^NOT VALID This is not the code of a card\.$/],
  ['unknown_key', new Issuer().token(claims), 'invalid', /^NOT VALID Not issued by this organisation\.$/],
  ['bad_signature', new Issuer().token({ ...claims, keyId: issuer.keyId }), 'invalid', /^NOT VALID Forged or damaged/],
];

for (const [size, device] of Object.entries({ phone, desktop }))
  for (const [name, token, state, text] of cases)
    test(`a card that is ${name} is shown so on a ${size}`, async () => {
      await withPage(device, async (page) => {
        await open(page, token);
        assert.match(await shown(page, state), text);
        await assertFits(page);
        await page.screenshot({ path: join(screenshots, `${name}_${size}.png`), fullPage: true });
      });
    });

test('the page says on what the verdict rests', async () => {
  await withPage(phone, async (page) => {
    await open(page, valid);
    assert.match(await shown(page, 'valid'), /Checked online\. Withdrawn cards as of: \S+ \S+ \(3 min\)$/);
  });
});

for (const [size, device] of Object.entries({ phone, desktop })) {
  test(`without keys nothing is said of a card, on a ${size}`, async () => {
    server.published = {};
    await withPage(device, async (page) => {
      await open(page, valid);
      assert.equal(await shown(page, 'unknown'), 'CANNOT SAY Connect to the internet, then check again. Check again');
      await page.screenshot({ path: join(screenshots, `no_keys_${size}.png`), fullPage: true });
    });
  });

  test(`without revocations the page does not call a card valid, on a ${size}`, async () => {
    delete server.published[revocationsPath];
    await withPage(device, async (page) => {
      await open(page, valid);
      assert.match(await shown(page, 'unknown'), /genuine, but it is not known .* MEM123456 .* No list of withdrawn/);
      await assertFits(page);
      await page.screenshot({ path: join(screenshots, `revocations_unknown_${size}.png`), fullPage: true });
    });
  });
}

test('revocations signed by somebody else do not count', async () => {
  const forged = { ...JSON.parse(new Issuer().revocations(now)), kid: issuer.keyId };
  server.published[revocationsPath] = JSON.stringify(forged);
  await withPage(phone, async (page) => {
    await open(page, valid);
    assert.match(await shown(page, 'unknown'), /No list of withdrawn cards\. Check again$/);
  });
});

test('after the first visit the page works with the network off and the server gone', async () => {
  await withPage(phone, async (page, context) => {
    await open(page);
    await page.locator('#offline').waitFor();
    await server.stop();
    await context.setOffline(true);
    await page.close();

    const later = await context.newPage();
    await open(later, valid);
    assert.match(await shown(later, 'valid'), /MEM123456 .* Checked offline\. Withdrawn cards as of: .* \(\d+ min\)$/);
    await later.screenshot({ path: join(screenshots, 'offline_phone.png'), fullPage: true });
    await open(later, cases.find(([name]) => name === 'revoked')[1]);
    assert.match(await shown(later, 'invalid'), /withdrawn this card/);
    await open(later, cases.find(([name]) => name === 'unknown_key')[1]);
    assert.match(await shown(later, 'unknown'), /does not know the key/);

    await choose(later, await qrPng(valid));
    assert.match(await shown(later, 'valid'), /MEM123456/);
  });
});

test('a verdict without fresh revocations is given anew once the network is back', async () => {
  const published = server.published;
  server.published = {};
  await withPage(phone, async (page, context) => {
    await open(page, valid);
    await shown(page, 'unknown');
    await context.setOffline(true);
    server.published = published;
    await context.setOffline(false);
    assert.match(await shown(page, 'valid'), /Checked online/);
  });
});

test('the button under what is unknown checks again', async () => {
  const revocations = server.published[revocationsPath];
  delete server.published[revocationsPath];
  await withPage(phone, async (page) => {
    await open(page, valid);
    await shown(page, 'unknown');
    server.published[revocationsPath] = revocations;
    await page.getByRole('button', { name: 'Check again' }).click();
    assert.match(await shown(page, 'valid'), /Checked online/);
  });
});

test('the QR code in a picture is read', async () => {
  await withPage(phone, async (page) => {
    await open(page);
    const address = `HTTPS://CARDS.EXAMPLE.ORG/V#${valid}`;
    for (const scale of [2, 6, 40]) {
      await choose(page, await qrPng(address, scale));
      assert.match(await shown(page, 'valid'), /MEM123456/);
      await choose(page, await qrPng('HELLO', scale));
      assert.match(await shown(page, 'invalid'), /not the code of a card/);
    }
  });
});

test('the code is read from a photo-like picture: tilted, turned, blurred, in uneven light', async () => {
  const code = (await qrPng(`HTTPS://CARDS.EXAMPLE.ORG/V#${valid}`, 5)).toString('base64');
  await withPage(phone, async (page, context) => {
    const desk = await context.newPage();
    await desk.setViewportSize({ width: 700, height: 700 });
    await desk.setContent(`<body style="margin:0; height:700px; display:grid; place-items:center; filter:blur(1px);
      background:linear-gradient(100deg, #888, #333)"><img src="data:image/png;base64,${code}" style="width:430px;
      transform:perspective(900px) rotateY(28deg) rotateX(12deg) rotateZ(14deg); filter:brightness(0.7)">`);
    const photo = await desk.screenshot({ path: join(screenshots, 'photo.png') });
    await open(page);
    await choose(page, photo);
    assert.match(await shown(page, 'valid'), /MEM123456/);
  });
});

test('a picture without a code, and what is no picture, is answered with a notice', async () => {
  const dot = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP6DwABBQECz6AuzQAAAABJRU5ErkJggg==', 'base64');
  await withPage(phone, async (page) => {
    await open(page);
    for (const buffer of [dot, Buffer.from('no picture')]) {
      await choose(page, buffer);
      await page.getByText('No code of a card was found in this picture.').waitFor();
    }
    await page.screenshot({ path: join(screenshots, 'notice_phone.png'), fullPage: true });
  });
});

test('the camera reads a card, and is off afterwards', async () => {
  const film = join(directory, 'card.y4m');
  await writeQrFilm(film, `HTTPS://CARDS.EXAMPLE.ORG/V#${valid}`);
  const args = [...fakeCamera, `--use-file-for-fake-video-capture=${film}`];
  const withCamera = await chromium.launch({ executablePath, args });
  try {
    await withPage(phone, async (page) => {
      await open(page);
      await page.getByRole('button', { name: 'Scan with the camera' }).click();
      assert.match(await shown(page, 'valid'), /MEM123456/);
      assert.ok(await page.getByRole('button', { name: 'Scan with the camera' }).isVisible());
      assert.equal(await page.evaluate(() => document.getElementById('video').srcObject), null);
    }, withCamera);
  } finally {
    await withCamera.close();
  }
});

test('the last result is gone while the camera looks for the next card, which it does until it is stopped', async () => {
  const withCamera = await chromium.launch({ executablePath, args: fakeCamera });
  try {
    await withPage(phone, async (page) => {
      await open(page, valid);
      await shown(page, 'valid');
      await page.getByRole('button', { name: 'Scan with the camera' }).click();
      assert.equal(await page.locator('#result').innerText(), '');
      assert.equal(page.url(), `${server.origin}/V`);
      await page.waitForFunction(() => document.getElementById('video').videoWidth > 0);
      await page.screenshot({ path: join(screenshots, 'camera_phone.png'), fullPage: true });
      // At once off and on again: what is left of the first look must not hide the second.
      await page.evaluate(() => {
        document.getElementById('stop').click();
        document.getElementById('scan').click();
      });
      await page.waitForFunction(() => document.getElementById('video').videoWidth > 0);
      await page.waitForFunction(() => document.getElementById('video').currentTime > 0.5);
      assert.ok(await page.locator('#viewfinder').isVisible());
      await page.getByRole('button', { name: 'Stop the camera' }).click();
      await page.getByRole('button', { name: 'Scan with the camera' }).waitFor();
      assert.equal(await page.evaluate(() => document.getElementById('video').srcObject), null);
    }, withCamera);
  } finally {
    await withCamera.close();
  }
});

test('without a camera the page says what else to do', async () => {
  await withPage(phone, async (page) => {
    await open(page);
    await page.getByRole('button', { name: 'Scan with the camera' }).click();
    await page.getByText('The camera cannot be used. Allow it, or choose a picture.').waitFor();
  });
});

test('a pasted code is checked with the keyboard alone, and takes the place of the one in the address', async () => {
  await withPage(desktop, async (page) => {
    await open(page, 'HELLO');
    await shown(page, 'invalid');
    const order = [];
    for (let step = 0; step < 4; ++step) {
      await page.keyboard.press('Tab');
      order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent));
    }
    assert.deepEqual(order, ['language', 'scan', 'picture', 'paste_label']);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type(`${valid.slice(0, 66)}\n${valid.slice(66)}`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.match(await shown(page, 'valid'), /MEM123456/);
    assert.equal(page.url(), `${server.origin}/V`);
  });
});

test('another card in the address is checked without loading the page again', async () => {
  await withPage(phone, async (page) => {
    await open(page, valid);
    await shown(page, 'valid');
    await page.evaluate(() => { location.hash = 'HELLO'; });
    await shown(page, 'invalid');
  });
});

test('results are announced', async () => {
  await withPage(phone, async (page) => {
    await open(page, valid);
    await shown(page, 'valid');
    const region = page.getByRole('status');
    assert.equal(await region.getAttribute('aria-live'), 'assertive');
    assert.match(await region.innerText(), /^VALID/);
    assert.match(await page.title(), /^VALID – /);
  });
});

test('a browser without Ed25519 verifies with the bundled fallback', async () => {
  await withPage(phone, async (page) => {
    await page.addInitScript(() => {
      SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'));
    });
    await open(page, valid);
    await shown(page, 'valid');
    await open(page, cases.find(([name]) => name === 'bad_signature')[1]);
    await shown(page, 'invalid');
  });
});

test('the card is never sent: not in an address, a header or a body', async () => {
  await withPage(phone, async (page) => {
    await open(page, valid);
    await shown(page, 'valid');
    await page.locator('#offline').waitFor();
    await choose(page, await qrPng(valid));
    await shown(page, 'valid');
  });
  assert.ok(server.requests.length >= 5);
  for (const request of server.requests)
    assert.ok(!request.includes(valid.slice(0, 40)), request);
});

for (const [locale, word, not, unsure] of [
  ['zu-ZA', 'LIYASEBENZA', 'ALISEBENZI', 'AKWAZIWA'],
  ['xh-ZA', 'LIYASEBENZA', 'ALISEBENZI', 'AKWAZIWA'],
  ['af-ZA', 'GELDIG', 'ONGELDIG', 'ONSEKER'],
  ['st-ZA', 'E A SEBETSA', 'HA E SEBETSE', 'HA HO TSEJWE'],
])
  test(`who prefers ${locale} reads it so, and everything fits a phone`, async () => {
    const language = locale.slice(0, 2);
    await withPage({ ...phone, locale }, async (page) => {
      await open(page, valid);
      assert.ok((await shown(page, 'valid')).startsWith(word));
      assert.equal(await page.getAttribute('html', 'lang'), language);
      await assertFits(page);
      await page.screenshot({ path: join(screenshots, `valid_${language}_phone.png`), fullPage: true });
      await open(page, cases.find(([name]) => name === 'bad_signature')[1]);
      assert.ok((await shown(page, 'invalid')).startsWith(not));
      await assertFits(page);
      await page.screenshot({ path: join(screenshots, `invalid_${language}_phone.png`), fullPage: true });
    });
    delete server.published[revocationsPath];
    await withPage({ ...phone, locale }, async (page) => {
      await open(page, valid);
      assert.ok((await shown(page, 'unknown')).startsWith(unsure));
      await assertFits(page);
      await page.screenshot({ path: join(screenshots, `unknown_${language}_phone.png`), fullPage: true });
    });
  });

test('a chosen language changes what is shown, and is remembered', async () => {
  await withPage(phone, async (page) => {
    await open(page, valid);
    await shown(page, 'valid');
    await page.getByLabel('Language').selectOption('af');
    assert.match(await shown(page, 'valid'), /^GELDIG Lidmaatskapnommer MEM123456/);
    await page.reload();
    assert.match(await shown(page, 'valid'), /^GELDIG/);
  });
});

test('the first screen, before any card', async () => {
  for (const [size, device] of Object.entries({ phone, desktop }))
    await withPage(device, async (page) => {
      await open(page);
      await page.locator('#offline').waitFor();
      assert.equal(await page.locator('#result').innerText(), '');
      await assertFits(page);
      await page.screenshot({ path: join(screenshots, `start_${size}.png`), fullPage: true });
    });
});
