import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Actor } from '../../../web/dashboard/stats.ts';
import { filterActors, sortActors } from '../../../web/dashboard/table_model.ts';

function actor(id: string, change: Partial<Actor> = {}): Actor {
  return {
    id, kind: id.split(' ')[0]!, shard: 0, node: 'one', runs_on: 'loop', state: 'running', since: '', messages: 0,
    messages_per_s: 0, busy_share: 0, waiting: null, p50_us: null, p99_us: null, max_us: null, restarts: 0, failures: 0,
    last_failure: null, ...change,
  };
}

const ids = (actors: Actor[]) => actors.map(({ id }) => id);

test('a filter wants all its words, in whatever case and place', () => {
  const actors = [
    actor('lookup 0'), actor('lookup 1', { state: 'restarting' }),
    actor('db_pool 0', { last_failure: { at: '', code: 'database_unavailable' } }),
  ];
  assert.deepEqual(ids(filterActors(actors, '')), ids(actors));
  assert.deepEqual(ids(filterActors(actors, ' LOOKUP restart ')), ['lookup 1']);
  assert.deepEqual(ids(filterActors(actors, 'unavailable')), ['db_pool 0']);
  assert.deepEqual(filterActors(actors, 'lookup database'), []);
});

test('numbers in names are numbers', () => {
  const actors = [actor('lookup 10'), actor('lookup 2'), actor('cache 0')];
  assert.deepEqual(ids(sortActors(actors, 'id', false)), ['cache 0', 'lookup 2', 'lookup 10']);
  assert.deepEqual(ids(sortActors(actors, 'id', true)), ['lookup 10', 'lookup 2', 'cache 0']);
});

test('what is not known comes last both ways, and equals keep the order of their names', () => {
  const actors = [actor('c', { waiting: 1 }), actor('d'), actor('b', { waiting: 1 }), actor('a', { waiting: 5 })];
  assert.deepEqual(ids(sortActors(actors, 'waiting', true)), ['a', 'b', 'c', 'd']);
  assert.deepEqual(ids(sortActors(actors, 'waiting', false)), ['b', 'c', 'a', 'd']);
});

test('an unknown column is the order of names', () => {
  assert.deepEqual(ids(sortActors([actor('b'), actor('a')], 'colour', true)), ['a', 'b']);
});
