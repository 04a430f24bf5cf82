import { makeSvg, setAttribute } from './dom.ts';

const width = 120;
const height = 24;

/** A small line of how a figure went; the chart below says it exactly, so this is nothing to screen readers. */
export class Trend {
  private line = makeSvg('path', { class: 'line' });
  private area = makeSvg('path', { class: 'area' });
  readonly element = makeSvg('svg', {
    class: 'trend', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true',
  }, this.area, this.line);

  show(values: readonly (number | null)[]): void {
    const path = trendPath(values);
    setAttribute(this.line, 'd', path);
    setAttribute(this.area, 'd', path && `${path}V${height}H${firstX(path)}Z`);
  }
}

function firstX(path: string): string {
  return /^M([\d.]+)/.exec(path)![1]!;
}

/** Returns a path through the highest value of each pixel's share of `values`; the newest are at the right. */
export function trendPath(values: readonly (number | null)[], spread = 600): string {
  const highest = new Array<number | null>(width).fill(null);
  values.forEach((value, i) => {
    const x = Math.floor(((spread - values.length + i) / spread) * width);
    if (value !== null && x >= 0)
      highest[x] = Math.max(highest[x] ?? 0, value);
  });
  const top = Math.max(...highest.map((value) => value ?? 0)) || 1;
  return highest.flatMap((value, x) => (value === null ? [] : [`${x} ${(height - 1 - (value / top) * (height - 3)).toFixed(1)}`]))
    .map((point, i) => (i === 0 ? `M${point}` : `L${point}`)).join('');
}
