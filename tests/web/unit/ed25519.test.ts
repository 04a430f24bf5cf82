import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';

import { verifyBundled, verifySignature } from '../../../web/verify/ed25519.ts';
import { Issuer } from '../support/issuer.mjs';

globalThis.crypto ??= webcrypto as Crypto; // Node 18 keeps it to itself

function bytes(hex: string) {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

// RFC 8032, section 7.1, tests 1 to 3.
const examples = [
  ['d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '',
   'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155'
   + '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
  ['3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72',
   '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da'
   + '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
  ['fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82',
   '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac'
   + '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
] as const;

for (const [name, verify] of [['the browser', verifySignature], ['the bundled fallback', verifyBundled]] as const) {
  test(`${name} verifies the examples of RFC 8032`, async () => {
    for (const [key, message, signature] of examples)
      assert.ok(await verify(bytes(key), bytes(message), bytes(signature)));
  });

  test(`${name} refuses every flipped bit of a signature and of its message`, async () => {
    const issuer = new Issuer();
    const message = Uint8Array.from(Buffer.from('tessera card v1 and more'));
    const signature = Uint8Array.from(issuer.sign(message));
    assert.ok(await verify(issuer.publicKey, message, signature));
    for (const part of [message, signature])
      for (let bit = 0; bit < part.length * 8; ++bit) {
        part[bit >> 3]! ^= 1 << (bit & 7);
        assert.ok(!(await verify(issuer.publicKey, message, signature)), `bit ${bit}`);
        part[bit >> 3]! ^= 1 << (bit & 7);
      }
  });

  test(`${name} refuses another key, and what is no key or signature`, async () => {
    const [issuer, other] = [new Issuer(), new Issuer()];
    const message = Uint8Array.of(1, 2, 3);
    const signature = Uint8Array.from(issuer.sign(message));
    assert.ok(!(await verify(other.publicKey, message, signature)));
    assert.ok(!(await verify(issuer.publicKey.slice(1), message, signature)));
    assert.ok(!(await verify(new Uint8Array(32).fill(0xff), message, signature)));
    assert.ok(!(await verify(issuer.publicKey, message, signature.slice(1))));
    assert.ok(!(await verify(issuer.publicKey, message, new Uint8Array(0))));
  });
}

test('the fallback serves where the browser has no Ed25519', async (t) => {
  const issuer = new Issuer();
  const message = Uint8Array.of(1, 2, 3);
  const refusal = t.mock.method(crypto.subtle, 'importKey', () => Promise.reject(new Error('NotSupportedError')));
  assert.ok(await verifySignature(issuer.publicKey, message, Uint8Array.from(issuer.sign(message))));
  assert.equal(refusal.mock.callCount(), 1);
});
