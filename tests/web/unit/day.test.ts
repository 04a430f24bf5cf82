import assert from 'node:assert/strict';
import { test } from 'node:test';

import { age, dayOf, isoDate, localTime } from '../../../web/verify/day.ts';

test('days are counted in UTC', () => {
  assert.equal(dayOf(0), 0);
  assert.equal(dayOf(86_399.999), 0);
  assert.equal(dayOf(86_400), 1);
  assert.equal(dayOf(Date.UTC(2026, 10, 24, 23, 59, 59) / 1000), 20_781);
});

test('a day is written as ISO 8601', () => {
  assert.equal(isoDate(0), '1970-01-01');
  assert.equal(isoDate(20_781), '2026-11-24');
  assert.equal(isoDate(65_535), '2149-06-06');
});

test('a time is written by the clock of the device', () => {
  const time = new Date(2026, 0, 5, 7, 9).getTime() / 1000;
  assert.equal(localTime(time), '2026-01-05 07:09');
});

test('an age is written in one unit', () => {
  const ages: [number, string][] = [
    [-5, '0 min'], [59, '0 min'], [60, '1 min'], [3599, '59 min'], [3600, '1 h'], [47.9 * 3600, '47 h'],
    [48 * 3600, '2 d'], [86_400 * 400, '400 d'],
  ];
  for (const [seconds, text] of ages)
    assert.equal(age(seconds), text);
});
