import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeBase64Url } from '../../../web/verify/base64url.ts';

test('what Node writes comes back', () => {
  for (let length = 0; length < 100; ++length) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 151 + length * 59) % 256);
    assert.deepEqual(decodeBase64Url(Buffer.from(bytes).toString('base64url')), bytes);
  }
});

test('padding, the other alphabet and impossible lengths are refused', () => {
  for (const text of ['Zg==', 'Zm+v', 'Zm/v', 'Z', 'Zm9vZ', 'Zm 9v', 'Zm9v\n'])
    assert.equal(decodeBase64Url(text), undefined, text);
});
