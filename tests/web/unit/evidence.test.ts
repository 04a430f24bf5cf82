import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifyBundled } from '../../../web/verify/ed25519.ts';
import { gatherEvidence, keysPath, revocationsPath } from '../../../web/verify/evidence.ts';
import { Issuer } from '../support/issuer.mjs';

const issuer = new Issuer();
const now = 1_790_000_000;

class Device {
  readonly kept = new Map<string, string>();
  get = async (path: string) => this.kept.get(path);
  put = async (path: string, text: string) => void this.kept.set(path, text);
}

// What a server has; a path that is not among it fails, as all do without a network.
function server(texts: Record<string, string>) {
  return async (path: string) => texts[path] ?? Promise.reject(new Error(path));
}

function gather(texts: Record<string, string>, device = new Device()) {
  return gatherEvidence(server(texts), device, verifyBundled);
}

function whole(issuedAt = now) {
  return { [keysPath]: issuer.keySet(), [revocationsPath]: issuer.revocations(issuedAt) };
}

test('what the server has is fresh, and kept', async () => {
  const device = new Device();
  const found = await gather(whole(), device);
  assert.ok(found.keys?.has(issuer.keyId));
  assert.equal(found.revocations?.issuedAt, now);
  assert.deepEqual([found.keysFresh, found.revocationsFresh], [true, true]);
  assert.deepEqual(Object.fromEntries(device.kept), whole());
});

test('without the network what is kept serves, and is not called fresh', async () => {
  const device = new Device();
  await gather(whole(), device);
  const found = await gather({}, device);
  assert.ok(found.keys?.has(issuer.keyId));
  assert.equal(found.revocations?.issuedAt, now);
  assert.deepEqual([found.keysFresh, found.revocationsFresh], [false, false]);
});

test('without the network at the first visit there is nothing', async () => {
  assert.deepEqual(await gather({}), {
    keys: undefined, keysFresh: false, revocations: undefined, revocationsFresh: false,
  });
});

test("a captive portal's page drives nothing out", async () => {
  const device = new Device();
  await gather(whole(), device);
  const page = '<!doctype html><title>Log in</title>';
  const found = await gather({ [keysPath]: page, [revocationsPath]: page }, device);
  assert.ok(found.keys?.has(issuer.keyId));
  assert.equal(found.revocations?.issuedAt, now);
  assert.deepEqual([found.keysFresh, found.revocationsFresh], [false, false]);
  assert.deepEqual(Object.fromEntries(device.kept), whole());
});

test('a list that is not signed by a known key does not count', async () => {
  const other = new Issuer();
  const forged = JSON.stringify({ ...JSON.parse(other.revocations(now)), kid: issuer.keyId });
  for (const list of [other.revocations(now), forged]) {
    const device = new Device();
    const found = await gather({ [keysPath]: issuer.keySet(), [revocationsPath]: list }, device);
    assert.equal(found.revocations, undefined);
    assert.equal(found.revocationsFresh, false);
    assert.ok(!device.kept.has(revocationsPath));
  }
});

test('an older list does not replace a newer one', async () => {
  const device = new Device();
  await gather(whole(now), device);
  const found = await gather(whole(now - 10), device);
  assert.equal(found.revocations?.issuedAt, now);
  assert.deepEqual(Object.fromEntries(device.kept), whole(now));
});

test('a kept list whose key was withdrawn no longer counts', async () => {
  const device = new Device();
  await gather(whole(), device);
  const found = await gather({ [keysPath]: new Issuer().keySet() }, device);
  assert.equal(found.revocations, undefined);
});
