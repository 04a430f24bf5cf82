import uPlot from 'uplot';

import { drawMarks, drawSpans, readPalette, type Palette } from './chart_marks.ts';
import type { ChartSpec } from './chart_specs.ts';
import { timeLabel } from './chart_time.ts';
import { make, makeSvg, setAttribute, setText } from './dom.ts';
import type { History } from './history.ts';
import type { NodeEvent } from './stats.ts';

const height = 132;
const dashes = [[], [6, 3], [2, 2]];

/** What all charts show besides their lines. Times are Unix seconds. */
export interface ChartView {
  from: number;
  to: number;
  events: readonly NodeEvent[];
  open: readonly [number, number][];
}

/** One chart with its lines' values at the cursor, or now. */
export class Chart {
  readonly element: HTMLElement;
  readonly plot: uPlot;
  private place = make('div', { class: 'plot' });
  private values: HTMLElement[] = [];
  private view: ChartView = { from: 0, to: 1, events: [], open: [] };
  private data: uPlot.AlignedData = [[]];
  private palette: Palette = readPalette();

  constructor(private spec: ChartSpec, onCursor: (index: number | null) => void) {
    const keys = spec.lines.map(({ label }, i) => {
      const value = make('span', { class: 'value' });
      this.values.push(value);
      const swatch = makeSvg('svg', { class: `swatch series_${i + 1}`, viewBox: '0 0 18 4', 'aria-hidden': 'true' },
        makeSvg('path', { d: 'M0 2h18', 'stroke-dasharray': dashes[i]!.join(' ') }));
      return make('span', { class: 'line_key' }, swatch, label, ' ', value);
    });
    this.element = make('figure', { class: 'chart' },
      make('figcaption', {}, make('h3', {}, spec.title), make('span', { class: 'keys' }, ...keys)), this.place);
    setAttribute(this.place, 'aria-hidden', 'true');
    this.plot = new uPlot(this.options(onCursor), this.data, this.place);
    new ResizeObserver(() => this.plot.setSize({ width: this.place.clientWidth, height })).observe(this.place);
  }

  show(history: History, view: ChartView): void {
    this.view = view;
    this.data = [history.at, ...this.spec.lines.flatMap(({ series }) => {
      const mean = history.column(series);
      return [mean, history.range === '10m' ? mean : history.column(series, 'max')];
    })] as uPlot.AlignedData;
    this.plot.setData(this.data);
    this.showValues(this.plot.cursor.idx ?? null);
  }

  /** After the system went from light to dark, or back. */
  recolour(): void {
    this.palette = readPalette();
    this.plot.redraw(false, true);
  }

  private showValues(index: number | null): void {
    const at = index ?? this.newest();
    this.values.forEach((element, i) => setText(element, this.spec.text(this.data[1 + 2 * i]?.[at])));
  }

  // The newest point that is shown; while it is paused there may be newer ones.
  private newest(): number {
    const [times] = this.data;
    let at = times.length - 1;
    while (at > 0 && times[at]! > this.view.to)
      --at;
    return at;
  }

  private options(onCursor: (index: number | null) => void): uPlot.Options {
    const axis = {
      stroke: () => this.palette.quiet,
      font: '11px system-ui, sans-serif',
      grid: { stroke: () => this.palette.grid, width: 1 },
      ticks: { stroke: () => this.palette.grid, width: 1, size: 4 },
    };
    const colour = (i: number) => () => this.palette.lines[i]!;
    return {
      width: 300,
      height,
      padding: [9, 8, 0, 0],
      legend: { show: false },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
      cursor: { sync: { key: 'time' }, drag: { x: false, y: false }, y: false, points: { size: 6 } },
      scales: {
        x: { time: true, range: () => [this.view.from, this.view.to] },
        y: { range: (_, __, max) => [0, this.spec.top ? Math.max(this.spec.top, max) : (max || 1) * 1.12] },
      },
      axes: [
        { ...axis, size: 24, space: 64, values: (_, at, __, ___, apart) => at.map((time) => timeLabel(time, apart)) },
        { ...axis, size: 64, space: 28, ...(this.spec.steps ? { incrs: this.spec.steps } : {}), values: (_, at) => at.map((value) => this.spec.text(value)) },
      ],
      series: [{}, ...this.spec.lines.flatMap((_, i) => [
        { stroke: colour(i), width: 1.5, dash: dashes[i]!, points: { show: false } },
        { stroke: colour(i), width: 0.75, alpha: 0.45, points: { show: false } }, // the highest of each point's time
      ])],
      hooks: {
        drawAxes: [(u) => drawSpans(u, this.view.open, this.palette)],
        draw: [(u) => drawMarks(u, this.view.events, this.palette)],
        setCursor: [(u) => {
          this.showValues(u.cursor.idx ?? null);
          onCursor(u.cursor.idx ?? null);
        }],
      },
    };
  }
}
