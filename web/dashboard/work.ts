import { byId, Facts, make, setText, ShownList, type Shown } from './dom.ts';
import { bytes, count, milliseconds, percent, perSecond, secondsSince, span } from './format.ts';
import { Meter } from './meter.ts';
import type { Job, Route, Stats } from './stats.ts';

/** Cards made and checked, and jobs under way with their progress. */
export class JobsPanel {
  private facts = new Facts('cards made', 'failed', 'found valid', 'found invalid', 'batches', 'cards at work', 'made in batches',
    'failed in batches', 'jobs running', 'jobs waiting', 'jobs finished');
  private idle = make('p', { class: 'quiet' }, 'None');
  private list = make('ul', { class: 'jobs' });
  private now = 0;
  private rows = new ShownList<Job>(this.list, ({ id, started_at: at }) => id + at, () => this.row());

  constructor() {
    byId('jobs').append(this.facts.element, make('h3', {}, 'Jobs under way'), this.idle, this.list);
  }

  show({ cards, jobs }: Stats, now: number): void {
    this.now = now;
    this.facts.show(count(cards.made), count(cards.failed), count(cards.verified_valid), count(cards.verified_invalid),
      count(jobs.batches), count(jobs.cards_at_work), count(jobs.cards_made), count(jobs.cards_failed), count(jobs.jobs_running),
      count(jobs.jobs_waiting), count(jobs.jobs_finished));
    this.rows.show(jobs.list);
    this.idle.hidden = jobs.list.length > 0;
  }

  private row(): Shown<Job> {
    const name = make('span', { class: 'name' });
    const progress = make('progress', { max: '1' });
    const done = make('span', { class: 'number' });
    return {
      element: make('li', {}, name, progress, done),
      show: (job) => {
        setText(name, `${job.kind} ${job.id}… ${job.state}, ${span(secondsSince(job.started_at, this.now))}`);
        progress.setAttribute('aria-label', `${job.kind} ${job.id}`);
        progress.value = job.total > 0 ? job.finished / job.total : 0;
        setText(done, `${count(job.finished)} / ${count(job.total)}${job.failed > 0 ? `, ${count(job.failed)} failed` : ''}`);
      },
    };
  }
}

/** What is used of something, of how much. */
class Usage {
  private value = make('span', { class: 'number' });
  private meter = new Meter();
  readonly element: HTMLElement;

  constructor(name: string) {
    this.element = make('div', { class: 'usage' }, make('span', {}, name), this.value, this.meter.element);
  }

  show(used: number | null, limit: number | null, text: (value: number | null) => string): void {
    setText(this.value, `${text(used)} of ${text(limit)}`);
    this.meter.show(used !== null && limit ? used / limit : null);
  }
}

/** What the process uses of the machine. */
export class ProcessPanel {
  private cpu = new Usage('CPU');
  private memory = new Usage('Memory');
  private descriptors = new Usage('Descriptors');
  private connections = new Usage('Connections');
  private facts = new Facts('up', 'threads', 'bytes in', 'bytes out', 'failed handshakes', 'connections refused', 'store', 'version');

  constructor() {
    byId('process').append(...[this.cpu, this.memory, this.descriptors, this.connections].map(({ element }) => element),
      this.facts.element);
  }

  show({ process, gateway, node }: Stats): void {
    this.cpu.show(process.cpu_percent, process.cpu_limit_percent, percent);
    this.memory.show(process.resident_bytes, process.memory_limit_bytes, bytes);
    this.descriptors.show(process.descriptors, process.descriptors_limit, count);
    this.connections.show(gateway.connections, gateway.connections_limit, count);
    this.facts.show(span(process.uptime_s), count(process.threads), `${bytes(gateway.bytes_in_per_s)}/s`,
      `${bytes(gateway.bytes_out_per_s)}/s`, count(gateway.failed_handshakes), count(gateway.connections_refused), node.store,
      node.version);
  }
}

/** How each kind of request fares. */
export class RoutesPanel {
  private body = make('tbody');
  private rows = new ShownList<Route>(this.body, ({ id }) => id, routeRow);

  constructor() {
    const heads = ['Route', 'Rate', 'p50', 'p99', 'Max', 'Since start'].map((title, i) => (
      make('th', { scope: 'col', ...(i > 0 ? { class: 'number' } : {}) }, title)));
    byId('routes').append(make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Routes' },
      make('table', {}, make('thead', {}, make('tr', {}, ...heads)), this.body)));
  }

  show({ routes }: Stats): void {
    this.rows.show(routes);
  }
}

function routeRow(): Shown<Route> {
  const name = make('th', { scope: 'row' });
  const cells = [0, 1, 2, 3, 4].map(() => make('td', { class: 'number' }));
  return {
    element: make('tr', {}, name, ...cells),
    show(route) {
      setText(name, route.id);
      [perSecond(route.per_s), milliseconds(route.p50_ms), milliseconds(route.p99_ms), milliseconds(route.max_ms),
        count(route.requests)].forEach((text, i) => setText(cells[i]!, text));
    },
  };
}
