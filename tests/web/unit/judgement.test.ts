import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifyBundled } from '../../../web/verify/ed25519.ts';
import { judge, longestListAge, type Evidence } from '../../../web/verify/judgement.ts';
import { parseKeyRing } from '../../../web/verify/key_ring.ts';
import { parseRevocations } from '../../../web/verify/revocations.ts';
import { parseToken } from '../../../web/verify/token.ts';
import { base32, dayOf, Issuer, type Claims, type RevocationEntry } from '../support/issuer.mjs';

const issuer = new Issuer();
const now = 1_790_000_000;
const today = dayOf(now);
const claims: Claims = { memberId: 123, epoch: 2, issueDay: today - 10, expiryDay: today + 355 };

function evidence(entries: RevocationEntry[] = [], issuedAt = now - 60): Evidence {
  return {
    keys: parseKeyRing(issuer.keySet()),
    keysFresh: true,
    revocations: parseRevocations(issuer.revocations(issuedAt, entries)),
    revocationsFresh: true,
  };
}

async function verdict(text: string, by: Evidence = evidence(), at = now) {
  const given = await judge(parseToken(text), by, at, verifyBundled);
  return [given.state, 'reason' in given ? given.reason : '', given.card !== undefined];
}

test('a card in order is valid', async () => {
  assert.deepEqual(await verdict(issuer.token(claims)), ['valid', '', true]);
});

test('what is no token is malformed, with or without keys', async () => {
  assert.deepEqual(await verdict('HELLO'), ['invalid', 'malformed', false]);
  const none = { keysFresh: false, revocationsFresh: false };
  assert.deepEqual(await verdict('HELLO', none), ['invalid', 'malformed', false]);
});

test('without keys nothing can be said', async () => {
  const none = { keysFresh: false, revocationsFresh: false };
  assert.deepEqual(await verdict(issuer.token(claims), none), ['unknown', 'noKeys', false]);
});

test('a key that the server does not have is unknown; one that only kept keys lack may be new', async () => {
  const foreign = new Issuer().token(claims);
  assert.deepEqual(await verdict(foreign), ['invalid', 'unknownKey', false]);
  assert.deepEqual(await verdict(foreign, { ...evidence(), keysFresh: false }), ['unknown', 'keyNotHere', false]);
});

test('a token under a known key id that was signed with another key is forged', async () => {
  const forged = new Issuer().token({ ...claims, keyId: issuer.keyId });
  assert.deepEqual(await verdict(forged), ['invalid', 'badSignature', false]);
});

test('no flipped bit of the claims or the signature passes', async () => {
  const bytes = issuer.tokenBytes(claims);
  for (let bit = 0; bit < bytes.length * 8; bit += 3) {
    const changed = Uint8Array.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal((await verdict(base32(changed)))[0], 'invalid', `bit ${bit}`);
  }
});

test('a card is valid to the end of its last day', async () => {
  const text = issuer.token({ ...claims, expiryDay: today });
  const midnight = (today + 1) * 86_400;
  assert.deepEqual(await verdict(text, evidence(), midnight - 1), ['valid', '', true]);
  assert.deepEqual(await verdict(text, evidence(), midnight), ['invalid', 'expired', true]);
});

test('a card may be issued tomorrow but no later', async () => {
  assert.deepEqual(await verdict(issuer.token({ ...claims, issueDay: today + 1 })), ['valid', '', true]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, issueDay: today + 2 })), ['invalid', 'notYetValid', true]);
});

test('a clock set back does not bring an expired card back', async () => {
  const text = issuer.token({ ...claims, expiryDay: today - 1 });
  assert.deepEqual(await verdict(text, evidence(), now - 30 * 86_400), ['invalid', 'expired', true]);
});

test('cards up to the revoked epoch are revoked, the next is not', async () => {
  const by = evidence([{ memberId: 123, revokedUpTo: 2, currentEpoch: 3 }]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, epoch: 1 }), by), ['invalid', 'revoked', true]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, epoch: 2 }), by), ['invalid', 'revoked', true]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, epoch: 3 }), by), ['valid', '', true]);
});

test('cards before the current epoch are superseded; one that is newer than the list is valid', async () => {
  const by = evidence([{ memberId: 123, currentEpoch: 2 }]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, epoch: 1 }), by), ['invalid', 'superseded', true]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, epoch: 2 }), by), ['valid', '', true]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, epoch: 3 }), by), ['valid', '', true]);
});

test('of several faults the gravest is named', async () => {
  const expired = issuer.token({ ...claims, epoch: 1, expiryDay: today - 1 });
  const revoked = evidence([{ memberId: 123, revokedUpTo: 1, currentEpoch: 2 }]);
  const superseded = evidence([{ memberId: 123, currentEpoch: 2 }]);
  assert.deepEqual(await verdict(expired, revoked), ['invalid', 'revoked', true]);
  assert.deepEqual(await verdict(expired, superseded), ['invalid', 'superseded', true]);
});

test("another member's revocation is not this one's", async () => {
  const others = [122, 124].map((memberId) => ({ memberId, revokedUpTo: 9, currentEpoch: 10 }));
  const by = evidence(others);
  assert.deepEqual(await verdict(issuer.token(claims), by), ['valid', '', true]);
});

test('without a list it is not known whether the card was revoked, but what is expired stays so', async () => {
  const by = { ...evidence(), revocations: undefined };
  assert.deepEqual(await verdict(issuer.token(claims), by), ['unknown', 'revocationsUnknown', true]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, expiryDay: today - 1 }), by), ['invalid', 'expired', true]);
});

test('a list that is too old lets nobody in, but still keeps out', async () => {
  const listed = [{ memberId: 123, revokedUpTo: 1 }];
  const old = evidence(listed, now - longestListAge - 1);
  assert.deepEqual(await verdict(issuer.token(claims), old), ['unknown', 'revocationsTooOld', true]);
  assert.deepEqual(await verdict(issuer.token({ ...claims, epoch: 1 }), old), ['invalid', 'revoked', true]);
  assert.deepEqual(await verdict(issuer.token(claims), evidence(listed, now - longestListAge)), ['valid', '', true]);
});
