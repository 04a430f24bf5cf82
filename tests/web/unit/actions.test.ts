import assert from 'node:assert/strict';
import { test } from 'node:test';

import { actions, outcomeText, type Values } from '../../../web/dashboard/actions.ts';
import { problemText } from '../../../web/dashboard/node_client.ts';

const now = Date.parse('2026-11-25T08:14:05Z');

function action(title: string) {
  return actions.find((each) => each.title === title)!;
}

const cases: [string, Values, object, RegExp][] = [
  ['Clear one member', { member_id: '123' }, { member_id: '123' }, /^Member 123 is dropped/],
  ['Clear all caches', {}, { everything: true }, /^All members are dropped/],
  ['Warm the cache', { member_limit: '1000' }, { member_limit: 1000 }, /^Up to 1\u202f000 members/],
  ['Circuit breaker', { state: 'open', for_s: '900' }, { state: 'open', for_s: 900 }, /for 15\u202fmin, until 2026-11-25 08:29 UTC/],
  ['Circuit breaker', { state: 'auto' }, { state: 'auto' }, /^The breaker decides by itself/],
  ['Log level', { level: 'debug', for_s: '' }, { level: 'debug' }, /until it is changed again/],
  ['Log level', { level: 'debug', for_s: '3600' }, { level: 'debug', for_s: 3600 }, /for 1\u202fh, until 2026-11-25 09:14 UTC/],
  ['Reload keys and certificate', {}, {}, /are read again/],
  ['Drain', {}, {}, /There is no undo/],
];

for (const [title, values, body, question] of cases)
  test(`"${title}" with ${JSON.stringify(values)} sends what it says in words`, () => {
    assert.deepEqual(action(title).body(values), body);
    assert.match(action(title).question(values, now), question);
  });

test('each part of a reload is told', () => {
  const parts = [{ what: 'api_keys', outcome: 'reloaded', detail: null }, { what: 'certificate', outcome: 'failed', detail: 'no such file' }];
  assert.equal(outcomeText({ message: 'Not all was read.', parts }), 'Not all was read. api keys: reloaded, certificate: failed (no such file).');
  assert.equal(outcomeText({ message: 'Done.' }), 'Done.');
});

test('a problem is told in one line, with the inputs that are wrong', () => {
  assert.equal(problemText(409, { title: 'Conflict', detail: 'Warming is under way' }), 'Warming is under way');
  assert.equal(problemText(400, { title: 'Bad Request', errors: [{ pointer: '/for_s', detail: 'must be at most 86400' }] }),
    'Bad Request for_s: must be at most 86400');
  assert.equal(problemText(502, {}), 'The node answered 502.');
});
