import { Chart, type ChartView } from './chart.ts';
import { kindSigns, openSpans } from './chart_marks.ts';
import { chartSpecs } from './chart_specs.ts';
import { byId, make, setAttribute, setText } from './dom.ts';
import { clock, words } from './format.ts';
import { rangeSeconds, rangeStep, type History } from './history.ts';
import { ranges, type Range } from './url_state.ts';

const rangeNames: Record<Range, string> = { '10m': '10 min', '6h': '6 h', '7d': '7 days' };
const near = 6; // pixels: so far from the cursor an event is still read out

/** All charts, with one time range and one cursor. */
export class Charts {
  private plots = byId('plots');
  private readout = byId('readout');
  private buttons = new Map<Range, HTMLButtonElement>();
  private charts: Chart[];
  private history: History | undefined;
  private cursor: number | null = null;

  constructor(onRange: (range: Range) => void) {
    this.charts = chartSpecs.map((spec) => new Chart(spec, (index) => this.onCursor(index)));
    this.plots.append(...this.charts.map(({ element }) => element));
    for (const range of ranges) {
      const button = make('button', { type: 'button' }, rangeNames[range]);
      button.addEventListener('click', () => onRange(range));
      this.buttons.set(range, button);
      byId('ranges').append(button);
    }
    byId('chart_key').textContent = `${Object.entries(kindSigns).map(([kind, sign]) => `${sign} ${words(kind)}`).join('   ')}`
      + '   Shaded: the breaker is not closed. Thin line: the highest of each point’s time.';
    this.plots.addEventListener('keydown', (event) => this.onKey(event));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const chart of this.charts)
        chart.recolour();
    });
  }

  showRange(range: Range): void {
    for (const [each, button] of this.buttons)
      setAttribute(button, 'aria-pressed', String(each === range));
  }

  /** `to`: the newest time to be shown (Unix seconds). */
  show(history: History, to: number): void {
    this.history = history;
    const view: ChartView = {
      from: to - rangeSeconds[history.range],
      to,
      events: history.events,
      open: openSpans(history.at, history.column('breaker_state', history.range === '10m' ? 'mean' : 'max')),
    };
    for (const chart of this.charts)
      chart.show(history, view);
    this.showReadout();
  }

  private onCursor(index: number | null): void {
    if (index === this.cursor)
      return;
    this.cursor = index;
    this.showReadout();
  }

  private showReadout(): void {
    const at = this.cursor === null ? undefined : this.history?.at[this.cursor];
    if (at === undefined || !this.history) {
      setText(this.readout, 'Now');
      return;
    }
    const { plot } = this.charts[0]!;
    const reach = Math.max(rangeStep[this.history.range], near * rangeSeconds[this.history.range] / (plot.width || 300));
    const events = this.history.events.filter((event) => Math.abs(Date.parse(event.at) / 1000 - at) <= reach);
    const day = this.history.range === '10m' ? '' : `${new Date(at * 1000).toISOString().slice(0, 10)} `;
    setText(this.readout, [`${day}${clock(at * 1000)}`, ...events.map((event) => `${event.subject}: ${event.text}`)].join(' · '));
  }

  private onKey(event: KeyboardEvent): void {
    const { plot } = this.charts[0]!;
    const last = (this.history?.at.length ?? 0) - 1;
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -60, PageDown: 60, Home: -Infinity, End: Infinity };
    if (event.key === 'Escape') {
      plot.setCursor({ left: -10, top: -10 });
      return;
    }
    const step = steps[event.key];
    if (step === undefined || last < 0)
      return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, (this.cursor ?? last) + step));
    plot.setCursor({ left: plot.valToPos(this.history!.at[index]!, 'x'), top: 20 });
  }
}
