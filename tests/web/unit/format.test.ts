import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bytes, clock, count, inUnit, listMoment, microseconds, milliseconds, moment, none, percent, perSecond, quantity, share,
  span, words } from '../../../web/dashboard/format.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

test('digits are grouped by narrow spaces, whatever the language', () => {
  assert.equal(count(999), '999');
  assert.equal(count(1000), '1\u202f000');
  assert.equal(count(71_234_123), '71\u202f234\u202f123');
});

test('measured numbers have three digits that matter', () => {
  const cases: [number, string][] = [[0, '0'], [0.034, '0.03'], [1.234, '1.23'], [12.34, '12.3'], [123.4, '123'], [9120.4, '9 120'], [7, '7']];
  for (const [value, text] of cases)
    assert.equal(plain(quantity(value)), text);
});

test('what is not known is a dash, in every unit', () => {
  for (const text of [count, quantity, perSecond, percent, share, milliseconds, microseconds, bytes, span])
    assert.equal(text(null), none);
  assert.equal(inUnit(null, 'state'), none);
});

test('each number has its unit', () => {
  assert.equal(perSecond(44.6), '44.6/s');
  assert.equal(plain(percent(94.1)), '94.1 %');
  assert.equal(plain(percent(100)), '100 %');
  assert.equal(plain(share(0.0048)), '0.48 %');
  assert.equal(plain(milliseconds(0.09)), '90 µs');
  assert.equal(plain(milliseconds(11.4)), '11.4 ms');
  assert.equal(plain(milliseconds(1180)), '1.18 s');
  assert.equal(plain(microseconds(940)), '940 µs');
  assert.equal(plain(bytes(512)), '512 B');
  assert.equal(plain(bytes(201_234_432)), '192 MiB');
});

test('a span has its two largest units', () => {
  const cases: [number, string][] = [[-3, '0 s'], [0, '0 s'], [94, '1 min 34 s'], [60, '1 min'], [7914, '2 h 11 min'], [90_061, '1 d 1 h']];
  for (const [seconds, text] of cases)
    assert.equal(plain(span(seconds)), text);
});

test('times are those of the log: UTC, with the date where it is another day', () => {
  const now = Date.parse('2026-11-25T08:14:05.000Z');
  assert.equal(clock('2026-11-25T08:12:31.402Z'), '08:12:31');
  assert.equal(moment('2026-11-25T00:00:01Z', now), '00:00:01');
  assert.equal(moment('2026-11-24T23:45:22Z', now), '2026-11-24 23:45:22');
  assert.equal(listMoment('2026-11-24T23:45:22Z', now), '11-24 23:45');
});

test('an alert’s value is written in its unit', () => {
  assert.equal(plain(inUnit(41, 'percent')), '41 %');
  assert.equal(plain(inUnit(82.3, 'days')), '82.3 days');
  assert.equal(inUnit(1, 'state'), 'yes');
  assert.equal(words('half_open'), 'half open');
});
