import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseState, queryOf } from '../../../web/dashboard/url_state.ts';

test('what is as usual is not in the address', () => {
  assert.equal(queryOf(parseState('')), '');
});

test('what is shown comes back from its address', () => {
  const state = { range: '7d', filter: 'db & pool=1', sort: 'p99_us', descending: false, paused: true } as const;
  assert.deepEqual(parseState(queryOf(state)), state);
});

test('what is not understood is as usual', () => {
  const usual = parseState('');
  assert.deepEqual(parseState('?range=5y&sort=<b>&order=up&paused=yes'), usual);
});
