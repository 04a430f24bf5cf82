import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeBase32 } from '../../../web/verify/base32.ts';
import { base32 } from '../support/issuer.mjs';

function textOf(encoded: string) {
  const bytes = decodeBase32(encoded);
  return bytes && new TextDecoder().decode(bytes);
}

test('the examples of RFC 4648 without their padding decode', () => {
  const examples = {
    '': '', MY: 'f', MZXQ: 'fo', MZXW6: 'foo', MZXW6YQ: 'foob', MZXW6YTB: 'fooba', MZXW6YTBOI: 'foobar',
  };
  for (const [encoded, text] of Object.entries(examples))
    assert.equal(textOf(encoded), text);
});

test('what another encoder writes comes back', () => {
  for (let length = 0; length < 100; ++length) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 73 + length * 41) % 256);
    assert.deepEqual(decodeBase32(base32(bytes)), bytes);
  }
});

test('letters that are not of the alphabet are refused', () => {
  for (const text of ['mzxw6', 'MZXW0', 'MZXW1', 'MZXW8', 'MZXW6===', 'MZ XW6', 'MZXW6\n', 'MZXWÉ', 'MZXW😀'])
    assert.equal(decodeBase32(text), undefined, text);
});

test('there is one text per byte string: spare bits and spare letters are refused', () => {
  for (const text of ['MZ', 'MZXR', 'MZXW6YR', 'M', 'MZX', 'MZXW6Y', 'MYA'])
    assert.equal(decodeBase32(text), undefined, text);
});
