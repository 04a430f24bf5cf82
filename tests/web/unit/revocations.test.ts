import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifyBundled } from '../../../web/verify/ed25519.ts';
import { parseRevocations, standingOf } from '../../../web/verify/revocations.ts';
import { Issuer } from '../support/issuer.mjs';

const issuer = new Issuer();
const issuedAt = 1_790_000_000;
const text = issuer.revocations(issuedAt, [
  { memberId: 5, revokedUpTo: 1 },
  { memberId: 123, currentEpoch: 3 },
  { memberId: 999_999_999_999, revokedUpTo: 2, currentEpoch: 300 },
]);

test('each member stands as listed', () => {
  const list = parseRevocations(text)!;
  assert.equal(list.issuedAt, issuedAt);
  assert.equal(list.keyId, issuer.keyId);
  assert.deepEqual(standingOf(5, list), { revokedUpTo: 1, currentEpoch: 1 });
  assert.deepEqual(standingOf(123, list), { revokedUpTo: 0, currentEpoch: 3 });
  assert.deepEqual(standingOf(999_999_999_999, list), { revokedUpTo: 2, currentEpoch: 300 });
});

test('who is not listed has a first card, not revoked', () => {
  for (const memberId of [1, 4, 6, 122, 124])
    assert.deepEqual(standingOf(memberId, parseRevocations(text)!), { revokedUpTo: 0, currentEpoch: 1 });
  assert.deepEqual(standingOf(5, parseRevocations(issuer.revocations(issuedAt))!), { revokedUpTo: 0, currentEpoch: 1 });
});

test('the signature is over the time and the list', async () => {
  const list = parseRevocations(text)!;
  assert.ok(await verifyBundled(issuer.publicKey, list.signedBytes, list.signature));
  for (const change of [{ issued_at: issuedAt + 1 }, { list: '', count: 0 }]) {
    const changed = parseRevocations(JSON.stringify({ ...JSON.parse(text), ...change }))!;
    assert.ok(!(await verifyBundled(issuer.publicKey, changed.signedBytes, changed.signature)));
  }
});

test('what is no list is none', () => {
  const whole = JSON.parse(text);
  const wrong = [
    { version: 2 }, { issued_at: 1.5 }, { issued_at: '1790000000' }, { issued_at: undefined }, { count: 2 },
    { count: '3' }, { list: whole.list.slice(0, -2) }, { list: 'AAEB', count: 1 }, { list: 'AQEA', count: 1 },
    { list: '*' }, { list: null }, { kid: 7 }, { signature: undefined }, { signature: '=' },
  ];
  for (const change of wrong)
    assert.equal(parseRevocations(JSON.stringify({ ...whole, ...change })), undefined, JSON.stringify(change));
  for (const other of ['', 'null', '7', '[]', '{}', '<html>'])
    assert.equal(parseRevocations(other), undefined, other);
});
