import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Verdict } from '../../../web/verify/judgement.ts';
import { parseRevocations } from '../../../web/verify/revocations.ts';
import { describe } from '../../../web/verify/result.ts';
import { en } from '../../../web/verify/texts/en.ts';
import { parseToken } from '../../../web/verify/token.ts';
import { Issuer } from '../support/issuer.mjs';

const issuer = new Issuer();
const at = 1_790_000_000;
const card = parseToken(issuer.token({ memberId: 123, issueDay: 20_000, expiryDay: 20_781 }))!;
const revocations = parseRevocations(issuer.revocations(at - 3 * 3600))!;
const online = { keysFresh: true, revocations, revocationsFresh: true };

function said(verdict: Verdict, evidence: Parameters<typeof describe>[0]['evidence'] = online) {
  return describe({ verdict, evidence, at }, en);
}

test('a valid card is said to be so, with its numbers and what that rests on', () => {
  const text = said({ state: 'valid', card });
  assert.equal(text.word, 'VALID');
  assert.equal(text.reason, '');
  assert.ok(!text.again);
  assert.equal(text.card?.membershipNumber, 'MEM000123');
  assert.match(text.card!.cardNumber, /^000123-01S-.$/);
  assert.equal(text.card?.validUntil, '2026-11-24');
  assert.match(text.basis.join(' '), /^Checked online\. Withdrawn cards as of: 2026-09-2\d\s\d\d:\d\d\s\(3\sh\)$/);
});

test('without the network it says so, and how old the list is', () => {
  const text = said({ state: 'valid', card }, { ...online, revocationsFresh: false });
  assert.match(text.basis.join(' '), /^Checked offline\. Withdrawn cards as of: .*\s\(3\sh\)$/);
});

test('without a list it says so', () => {
  const none = { keysFresh: true, revocationsFresh: false };
  const text = said({ state: 'unknown', reason: 'revocationsUnknown', card }, none);
  assert.equal(text.word, 'CANNOT SAY');
  assert.ok(text.again);
  assert.deepEqual(text.basis, ['No list of withdrawn cards.']);
});

test('dates stand with the reasons that have them', () => {
  assert.equal(said({ state: 'invalid', reason: 'expired', card }).reason, 'Expired: 2026-11-24');
  assert.equal(said({ state: 'invalid', reason: 'notYetValid', card }).reason, 'Valid only from: 2024-10-04');
});

test('claims that nobody signed are not shown', () => {
  const text = said({ state: 'invalid', reason: 'badSignature' });
  assert.equal(text.card, undefined);
  assert.deepEqual(text.basis, []);
});
