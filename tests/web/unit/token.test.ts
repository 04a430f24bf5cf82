import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cardNumber } from '../../../web/verify/card_number.ts';
import { isoDate } from '../../../web/verify/day.ts';
import { verifyBundled } from '../../../web/verify/ed25519.ts';
import { parseToken, tokenIn } from '../../../web/verify/token.ts';
import { base32, Issuer } from '../support/issuer.mjs';

const issuer = new Issuer();
const claims = { memberId: 123, epoch: 2, issueDay: 20_000, expiryDay: 20_365, template: 1 };

test('a token says what was signed', () => {
  const token = parseToken(issuer.token(claims));
  assert.ok(token);
  const { signedBytes, signature, ...said } = token;
  assert.deepEqual(said, {
    keyId: issuer.keyId, memberId: 123, epoch: 2, issueDay: 20_000, expiryDay: 20_365, template: 'premium',
  });
  const bytes = issuer.tokenBytes(claims);
  assert.deepEqual(Buffer.from(signedBytes), Buffer.concat([Buffer.from('tessera card v1'), bytes.subarray(0, 18)]));
  assert.deepEqual(Buffer.from(signature), Buffer.from(bytes.subarray(18)));
});

// The same token as in tests/unit/cards/card_token_test.cpp.
test('a token that the server makes is read and verified', async () => {
  const token = parseToken('AF4ETLBQAAAAAAAAPMAACUAEKFYQAIW56PXHFRNWLYXLHNG77FB6XWA6TZVQVRU2O5WCX2B3JKRKH6CTUAZL6TXCE'
                           + 'NGY5UPEI7C4BIMPPLUYHZ64UOB3UYXBBY6VLOISIEFA')!;
  assert.equal(token.keyId, '7849ac30');
  assert.match(cardNumber(token), /^000123-01S-.$/);
  assert.deepEqual([isoDate(token.issueDay), isoDate(token.expiryDay)], ['2026-01-31', '2027-01-31']);
  // RFC 8032, section 7.1, test 1.
  const key = Uint8Array.from(Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex'));
  assert.ok(await verifyBundled(key, token.signedBytes, token.signature));
});

test('the largest numbers are read whole', () => {
  const token = parseToken(issuer.token({
    keyId: '00ffee01', memberId: 999_999_999_999, epoch: 65_535, issueDay: 65_535, expiryDay: 65_535,
  }));
  assert.equal(token?.keyId, '00ffee01');
  assert.equal(token?.memberId, 999_999_999_999);
  assert.equal(token?.epoch, 65_535);
  assert.equal(token?.expiryDay, 65_535);
});

test('what no card can claim is malformed', () => {
  const wrongs = [{ version: 0 }, { version: 2 }, { template: 2 }, { memberId: 0 }, { memberId: 1e12 }, { epoch: 0 }];
  for (const wrong of wrongs)
    assert.equal(parseToken(issuer.token({ ...claims, ...wrong })), undefined, JSON.stringify(wrong));
});

test('only the one text of 132 letters is a token', () => {
  const text = issuer.token(claims);
  const bytes = issuer.tokenBytes(claims);
  assert.equal(text.length, 132);
  const lastLetter = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(text.at(-1)!);
  const spareBit = text.slice(0, -1) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[lastLetter | 1];
  const others = [
    '', text.slice(0, -1), text + 'A', text + '=', text.toLowerCase(), ' ' + text, text + '\n', spareBit,
    base32(bytes.subarray(0, 81)), base32(Buffer.concat([bytes, Buffer.of(0)])),
  ];
  for (const other of others)
    assert.equal(parseToken(other), undefined, other);
});

test('a token is found in the address of any verify page, and by itself', () => {
  const text = issuer.token(claims);
  const texts = [
    `HTTPS://CARDS.EXAMPLE.ORG/V#${text}`, `https://cards.example.org:8443/V#${text}`, `http://[::1]:8080/V#${text}`,
    text, `  ${text}\r\n`, `${text.slice(0, 70)}\n ${text.slice(70)}`,
  ];
  for (const found of texts)
    assert.equal(tokenIn(found), text);
});

test('of other texts no part is taken for a token', () => {
  const text = issuer.token(claims);
  const others = [
    `https://example.org/W#${text}`, `https://example.org/v#${text}`, `https://example.org/a/V#${text}`,
    `https:///V#${text}`, `https://example.org/V?${text}`, `tel:1/V#${text}`,
  ];
  for (const other of others)
    assert.equal(parseToken(tokenIn(other)), undefined);
});
