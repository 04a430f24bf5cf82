import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { openSpans } from '../../../web/dashboard/chart_marks.ts';
import { timeLabel } from '../../../web/dashboard/chart_time.ts';
import { breakerOutlook } from '../../../web/dashboard/breaker_outlook.ts';
import { narrowestText } from '../../../web/dashboard/narrowest.ts';
import { describeState } from '../../../web/dashboard/state.ts';
import type { Stats } from '../../../web/dashboard/stats.ts';
import { trendPath } from '../../../web/dashboard/trend.ts';

const stats = JSON.parse(await readFile('tests/web/samples/stats.json', 'utf8')) as Stats;
const now = Date.parse(stats.sampled_at);
const plain = (text: string) => text.replaceAll('\u202f', ' ');

test('the node’s own word is shown with its cause and since when', () => {
  const shown = describeState({ link: 'live' }, stats, now, 0, '');
  assert.equal(shown.word, 'degraded');
  assert.equal(shown.cause, 'The database\'s circuit breaker is open.');
  assert.equal(plain(shown.since), 'since 08:12:31 UTC, for 1 min 34 s');
});

test('a word that is not known is shown as it is', () => {
  const shown = describeState({ link: 'live' }, { ...stats, state: { ...stats.state, word: 'draining', cause: null } }, now, 0, '');
  assert.equal(shown.word, 'draining');
  assert.equal(shown.cause, '');
});

test('a lost connection says why, and what was known last', () => {
  const shown = describeState({ link: 'lost' }, stats, now, 0, 'The node cannot be reached.');
  assert.equal(shown.word, 'Connection lost');
  assert.equal(shown.cause, 'The node cannot be reached.');
  assert.equal(shown.since, 'Last known state: degraded, at 08:14:05 UTC');
  assert.equal(describeState({ link: 'lost' }, undefined, now, 0, '').since, 'Nothing has been heard yet');
});

test('figures that stand still are not taken for the node’s state', () => {
  assert.equal(describeState({ link: 'stale' }, stats, now, 7, '').word, 'Stale');
});

test('the breaker’s countdown goes on between figures', () => {
  const { breaker } = stats.pool;
  assert.equal(plain(breakerOutlook(breaker, 0, now)), 'Next probe in 27 s');
  assert.equal(plain(breakerOutlook(breaker, 20, now)), 'Next probe in 7 s');
  assert.equal(breakerOutlook(breaker, 40, now), 'The next probe is due');
  assert.equal(breakerOutlook({ ...breaker, state: 'closed', next_probe_s: null }, 0, now), 'The database is asked as usual');
  assert.equal(breakerOutlook({ ...breaker, forced_until: '2026-11-25T09:00:00Z' }, 0, now),
    'Forced by an operator until 09:00:00 UTC');
});

test('the narrowest stage is named in words', () => {
  assert.equal(plain(narrowestText(stats)), 'Narrowest: Gateway. 41 % of the time of its busiest loop is used, 37 waiting.');
  assert.equal(narrowestText({ ...stats, narrowest: null }), 'No stage is narrow: every one is used to less than 5 %.');
});

test('the times when the breaker was not closed are found, also one that lasts', () => {
  assert.deepEqual(openSpans([1, 2, 3, 4, 5, 6], [0, 1, 2, 0, null, 2]), [[2, 4], [6, 6]]);
  assert.deepEqual(openSpans([], []), []);
});

test('labels of the time axis are as fine as their distance', () => {
  const noon = Date.UTC(2026, 10, 25, 12) / 1000;
  assert.equal(timeLabel(noon + 30, 30), '12:00:30');
  assert.equal(timeLabel(noon, 300), '12:00');
  assert.equal(timeLabel(noon + 43_200, 21_600), '11-26');
});

test('a trend draws the newest at its right end and leaves gaps out', () => {
  assert.equal(trendPath([]), '');
  assert.match(trendPath([5, null, 10], 120), /^M117 [\d.]+L119 [\d.]+$/);
});
