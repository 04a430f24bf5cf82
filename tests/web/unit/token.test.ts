import assert from 'node:assert/strict';
import { test } from 'node:test';

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
  for (const wrong of [{ version: 0 }, { version: 2 }, { template: 2 }, { memberId: 0 }, { memberId: 1e12 }, { epoch: 0 }])
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
  for (const found of [`HTTPS://CARDS.EXAMPLE.ORG/V#${text}`, `https://cards.example.org:8443/V#${text}`,
                       `http://[::1]:8080/V#${text}`, text, `  ${text}\r\n`, `${text.slice(0, 70)}\n ${text.slice(70)}`])
    assert.equal(tokenIn(found), text);
});

test('of other texts no part is taken for a token', () => {
  const text = issuer.token(claims);
  for (const other of [`https://example.org/W#${text}`, `https://example.org/V?${text}`, `tel:1/V#${text}`])
    assert.equal(parseToken(tokenIn(other)), undefined);
});
