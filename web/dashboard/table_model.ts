// Sorting and filtering of the table of actors, apart from its elements.
import type { Actor } from './stats.ts';

export type ColumnKey = Exclude<keyof Actor, 'last_failure' | 'node' | 'since' | 'messages'> | 'last_failure';

/** Returns those that have all words of `filter` somewhere in what can be read of them. */
export function filterActors(actors: readonly Actor[], filter: string): Actor[] {
  const wanted = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return actors.filter((actor) => {
    const text = [actor.id, actor.kind, actor.runs_on, actor.state, actor.node, actor.last_failure?.code ?? ''].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

function valueOf(actor: Actor, key: string): string | number | null {
  if (key === 'last_failure')
    return actor.last_failure?.at ?? null;
  return (actor as unknown as Record<string, string | number | null>)[key] ?? null;
}

/** Returns them in the order of a column; what is not known comes last both ways, equals in the order of their names. */
export function sortActors(actors: readonly Actor[], key: string, descending: boolean): Actor[] {
  return [...actors].sort((a, b) => {
    const [x, y] = [valueOf(a, key), valueOf(b, key)];
    if (x === null || y === null)
      return x === y ? compare(a.id, b.id) : x === null ? 1 : -1;
    const order = compare(x, y);
    return order === 0 ? compare(a.id, b.id) : descending ? -order : order;
  });
}

// Texts with the numbers in them as numbers: "lookup 2" before "lookup 10".
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number')
    return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
