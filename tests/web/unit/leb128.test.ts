import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Leb128Reader } from '../../../web/verify/leb128.ts';
import { leb128 } from '../support/issuer.mjs';

test('the example of DWARF and the limits of each length come back', () => {
  assert.equal(new Leb128Reader(Uint8Array.of(0xe5, 0x8e, 0x26)).next(), 624_485);
  for (const value of [0, 1, 127, 128, 16_383, 16_384, 2 ** 32 - 1, 2 ** 32, 2 ** 49, Number.MAX_SAFE_INTEGER]) {
    const reader = new Leb128Reader(leb128(value));
    assert.equal(reader.next(), value);
    assert.ok(reader.atEnd);
  }
});

test('numbers follow one another', () => {
  const reader = new Leb128Reader(Buffer.concat([5, 300, 0].map((value) => leb128(value))));
  assert.deepEqual([reader.next(), reader.next(), reader.next(), reader.atEnd], [5, 300, 0, true]);
});

test('a number that the bytes end within is none', () => {
  assert.equal(new Leb128Reader(Uint8Array.of()).next(), undefined);
  assert.equal(new Leb128Reader(Uint8Array.of(0x80)).next(), undefined);
  assert.equal(new Leb128Reader(Uint8Array.of(0xff, 0xff)).next(), undefined);
});

test('a number that would not be exact is none', () => {
  assert.equal(new Leb128Reader(leb128(2n ** 53n)).next(), undefined);
  assert.equal(new Leb128Reader(leb128(2n ** 60n)).next(), undefined);
  assert.equal(new Leb128Reader(new Uint8Array(20).fill(0xff)).next(), undefined);
});

test('a number with more bytes than it takes is none', () => {
  assert.equal(new Leb128Reader(Uint8Array.of(0x80, 0x00)).next(), undefined);
  assert.equal(new Leb128Reader(Uint8Array.of(0x85, 0x80, 0x00)).next(), undefined);
});
