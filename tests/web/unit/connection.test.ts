import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Connection } from '../../../web/dashboard/connection.ts';

const start = Date.parse('2026-11-25T08:00:00Z');

function stats(sequence: number, startedAt = 'a') {
  return { sequence, sampled_at: new Date(start + sequence * 1000).toISOString(), node: { started_at: startedAt } as never };
}

test('it is live as long as figures go on', () => {
  const connection = new Connection();
  assert.equal(connection.link, 'connecting');
  for (let second = 1; second < 10; ++second) {
    connection.answered(stats(second), start + second * 1000, second * 1000);
    assert.equal(connection.link, 'live');
  }
});

test('figures that stand still for over three seconds are stale', () => {
  const connection = new Connection();
  connection.answered(stats(1), NaN, 1000);
  connection.answered(stats(1), NaN, 4000);
  assert.equal(connection.link, 'live');
  connection.answered(stats(1), NaN, 4001);
  assert.equal(connection.link, 'stale');
  connection.answered(stats(2), NaN, 5000);
  assert.equal(connection.link, 'live');
});

test('figures that were old when they came are stale at once, but for the grain of the clock', () => {
  const connection = new Connection();
  connection.answered(stats(1), start + 5000, 0);
  assert.equal(connection.link, 'live');
  connection.answered(stats(2), start + 6001, 1000);
  assert.equal(connection.link, 'stale');
});

test('the same number from a node that has begun anew is news', () => {
  const connection = new Connection();
  connection.answered(stats(1, 'a'), NaN, 0);
  connection.answered(stats(1, 'b'), NaN, 10_000);
  assert.equal(connection.link, 'live');
  assert.equal(connection.newAt, 10_000);
});

test('one failure is a lost connection; it is tried again ever more rarely, and at once when it is back', () => {
  const connection = new Connection();
  connection.answered(stats(1), NaN, 0);
  const delays = [];
  for (let i = 0; i < 6; ++i) {
    connection.failed();
    assert.equal(connection.link, 'lost');
    delays.push(connection.retryDelay());
  }
  assert.deepEqual(delays, [1000, 2000, 4000, 8000, 10_000, 10_000]);
  connection.answered(stats(2), NaN, 60_000);
  assert.equal(connection.link, 'live');
  connection.failed();
  assert.equal(connection.retryDelay(), 1000);
});
