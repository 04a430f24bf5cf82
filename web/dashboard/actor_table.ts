import { Badge } from './badge.ts';
import { byId, make, setAttribute, setText, ShownList, type Shown } from './dom.ts';
import { count, microseconds, moment, perSecond, quantity, share, words } from './format.ts';
import { filterActors, sortActors, type ColumnKey } from './table_model.ts';
import type { Actor, Stats } from './stats.ts';
import type { UrlState } from './url_state.ts';

interface Column {
  key: ColumnKey;
  title: string;
  number: boolean;
  text: (actor: Actor, now: number) => string;
}

const columns: Column[] = [
  { key: 'id', title: 'Actor', number: false, text: ({ id }) => id },
  { key: 'state', title: 'State', number: false, text: ({ state }) => state },
  { key: 'shard', title: 'Shard', number: true, text: ({ shard }) => count(shard) },
  { key: 'runs_on', title: 'Runs on', number: false, text: ({ runs_on: on }) => on },
  { key: 'messages_per_s', title: 'Messages', number: true, text: (actor) => perSecond(actor.messages_per_s) },
  { key: 'busy_share', title: 'Busy', number: true, text: (actor) => share(actor.busy_share) },
  { key: 'waiting', title: 'Waiting', number: true, text: ({ waiting }) => quantity(waiting) },
  { key: 'p50_us', title: 'p50', number: true, text: (actor) => microseconds(actor.p50_us) },
  { key: 'p99_us', title: 'p99', number: true, text: (actor) => microseconds(actor.p99_us) },
  { key: 'max_us', title: 'Max', number: true, text: (actor) => microseconds(actor.max_us) },
  { key: 'restarts', title: 'Restarts', number: true, text: ({ restarts }) => count(restarts) },
  { key: 'failures', title: 'Failures', number: true, text: ({ failures }) => count(failures) },
  {
    key: 'last_failure',
    title: 'Last failure',
    number: false,
    text: ({ last_failure: last }, now) => (last ? `${moment(last.at, now)} ${words(last.code)}` : 'none'),
  },
];

/** The table of actors: it sorts and filters as the address says. */
export class ActorTable {
  private heads = new Map<string, HTMLElement>();
  private shownText = byId('actors_shown');
  private filter = byId<HTMLInputElement>('filter');
  private now = 0;
  private rows = new ShownList<Actor>(document.querySelector('#actor_table tbody')!, ({ id }) => id, () => this.row());

  constructor(onChange: (change: Partial<UrlState>) => void) {
    for (const column of columns) {
      const button = make('button', { type: 'button' }, column.title);
      const head = make('th', { scope: 'col', ...(column.number ? { class: 'number' } : {}) }, button);
      button.addEventListener('click', () => {
        const order = head.getAttribute('aria-sort');
        onChange({ sort: column.key, descending: order === null ? column.number : order === 'ascending' });
      });
      this.heads.set(column.key, head);
      document.querySelector('#actor_table thead tr')!.append(head);
    }
    this.filter.addEventListener('input', () => onChange({ filter: this.filter.value }));
  }

  show({ actors }: Stats, now: number, state: UrlState): void {
    this.now = now;
    for (const [key, head] of this.heads)
      if (key === state.sort)
        setAttribute(head, 'aria-sort', state.descending ? 'descending' : 'ascending');
      else
        head.removeAttribute('aria-sort');
    if (this.filter.value !== state.filter)
      this.filter.value = state.filter;
    const some = sortActors(filterActors(actors, state.filter), state.sort, state.descending);
    this.rows.show(some);
    setText(this.shownText, `${count(some.length)} of ${count(actors.length)}`);
  }

  private row(): Shown<Actor> {
    const badge = new Badge();
    const cells = columns.map(({ key, number }) => {
      if (key === 'id')
        return make('th', { scope: 'row' });
      return make('td', number ? { class: 'number' } : key === 'last_failure' ? { class: 'long' } : {}, ...(key === 'state' ? [badge.element] : []));
    });
    return {
      element: make('tr', {}, ...cells),
      show: (actor) => columns.forEach((column, i) => {
        if (column.key === 'state')
          badge.show(actor.state === 'running' ? 'ok' : actor.state === 'restarting' ? 'warn' : 'bad', actor.state);
        else
          setText(cells[i]!, column.text(actor, this.now));
      }),
    };
  }
}
