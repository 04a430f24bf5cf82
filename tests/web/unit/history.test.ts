import assert from 'node:assert/strict';
import { test } from 'node:test';

import { History, type HistoryAnswer } from '../../../web/dashboard/history.ts';

function answer(from: number, to: number, extra: Partial<HistoryAnswer> = {}): HistoryAnswer {
  const at = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return { at_s: at, series: { requests_per_s: { mean: at.map((time) => time * 10) } }, events: [], ...extra };
}

test('increments go on where the history ends, also where they overlap', () => {
  const history = new History('10m');
  history.add(answer(1001, 1005));
  history.add(answer(1004, 1008));
  assert.deepEqual(history.at, [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008]);
  assert.deepEqual(history.column('requests_per_s').slice(-4), [10_050, 10_060, 10_070, 10_080]);
  history.add(answer(1008, 1008));
  assert.equal(history.last, 1008);
});

test('what is older than the range is dropped', () => {
  const history = new History('10m');
  history.add(answer(1, 600));
  history.add(answer(601, 650));
  assert.equal(history.at.length, 600);
  assert.equal(history.at[0], 51);
  assert.equal(history.column('requests_per_s').length, 600);
});

test('a series that comes later has gaps before; one that is not there is all gaps', () => {
  const history = new History('10m');
  history.add(answer(1, 2));
  history.add({ at_s: [3], series: { requests_per_s: { mean: [30] }, late: { mean: [7] } }, events: [] });
  assert.deepEqual(history.column('late'), [null, null, 7]);
  assert.deepEqual(history.column('unheard_of'), [null, null, null]);
});

test('events are kept once each, newest first', () => {
  const event = (id: number) => ({ id, at: '2026-11-25T08:00:00Z', kind: 'node', severity: 'info', subject: 's', text: 't' });
  const history = new History('7d');
  history.add({ ...answer(1_795_000_000, 1_795_000_001), events: [event(2), event(1)] });
  history.add({ ...answer(1_795_000_002, 1_795_000_002), events: [event(3), event(2)] });
  assert.deepEqual(history.events.map(({ id }) => id), [3, 2, 1]);
});
