import { Badge } from './badge.ts';
import { breakerOutlook } from './breaker_outlook.ts';
import { byId, Facts, make, setText, ShownList, type Shown } from './dom.ts';
import { count, listMoment, milliseconds, moment, perSecond, quantity, secondsSince, span, words } from './format.ts';
import { levelOfBreaker } from './levels.ts';
import { Meter } from './meter.ts';
import type { Breaker, Pool, Stats } from './stats.ts';

type Transition = Breaker['transitions'][number];

/** The circuit breaker with its countdown and last transitions. */
export class BreakerPanel {
  private state = new Badge();
  private since = make('span', { class: 'quiet' });
  private outlook = make('p', { class: 'outlook' });
  private facts = new Facts('opened', 'probes');
  private list = make('ol', { class: 'transitions' });
  private now = 0;
  private rows = new ShownList<Transition>(this.list, ({ at, to }) => at + to, () => this.row());

  constructor() {
    byId('breaker').append(make('p', { class: 'headline' }, this.state.element, this.since), this.outlook,
      this.facts.element, make('h3', {}, 'Last transitions'), this.list);
  }

  show({ pool: { breaker }, sampled_at: at }: Stats, now: number): void {
    this.now = now;
    this.state.show(levelOfBreaker(breaker.state), words(breaker.state));
    setText(this.since, `since ${moment(breaker.since, now)}, for ${span(secondsSince(breaker.since, now))}`);
    setText(this.outlook, breakerOutlook(breaker, secondsSince(at, now), now));
    this.facts.show(count(breaker.opened), count(breaker.probes));
    this.rows.show(breaker.transitions);
  }

  private row(): Shown<Transition> {
    const at = make('time');
    const state = new Badge();
    const cause = make('span', { class: 'cause' });
    return {
      element: make('li', {}, at, state.element, cause),
      show: (transition) => {
        setText(at, listMoment(transition.at, this.now));
        state.show(levelOfBreaker(transition.to), words(transition.to));
        setText(cause, `from ${words(transition.from)}: ${transition.cause}`);
      },
    };
  }
}

/** The pool of connections to the database. */
export class PoolPanel {
  private state = new Badge();
  private use = make('span', { class: 'quiet' });
  private meter = new Meter();
  private facts = new Facts('idle', 'busy', 'open', 'waiting', 'statements', 'keys per statement', 'p50', 'p99', 'slow',
    'timed out');

  constructor() {
    byId('pool').append(make('p', { class: 'headline' }, this.state.element, this.use), this.meter.element, this.facts.element);
  }

  show({ pool }: Stats): void {
    this.state.show(pool.available ? 'ok' : 'bad', pool.available ? `${pool.kind} answers` : `${pool.kind} cannot be reached`);
    setText(this.use, `${count(pool.busy)} of ${count(pool.limit)} connections busy`);
    this.meter.show(pool.limit > 0 ? pool.busy / pool.limit : null);
    this.facts.show(count(pool.idle), count(pool.busy), `${count(pool.connections)} / ${count(pool.limit)}`, waitingText(pool),
      perSecond(pool.statements_per_s), quantity(pool.keys_per_statement), milliseconds(pool.p50_ms), milliseconds(pool.p99_ms),
      count(pool.slow_statements), count(pool.statement_timeouts));
  }
}

function waitingText({ waiting, queue_limit: limit }: Pool): string {
  return limit === null ? count(waiting) : `${count(waiting)} / ${count(limit)}`;
}
