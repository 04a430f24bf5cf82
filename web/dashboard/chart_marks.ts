import type uPlot from 'uplot';

import type { NodeEvent } from './stats.ts';

/** The sign of each kind of event, on charts and in the timeline. */
export const kindSigns: Record<string, string> = { alert: '▲', breaker: '●', restart: '▼', operator: '◆', node: '■' };

export function signOf(kind: string): string {
  return kindSigns[kind] ?? '○';
}

/** Colours of the page's style sheet, for canvases. */
export interface Palette {
  ink: string;
  quiet: string;
  grid: string;
  warn: string;
  bad: string;
  ground: string;
  lines: string[];
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of('ink'), quiet: of('quiet'), grid: of('line'), warn: of('warn'), bad: of('bad'), ground: of('panel'),
    lines: [of('series-1'), of('series-2'), of('series-3')],
  };
}

/** Returns when the breaker was not closed, as pairs of times. */
export function openSpans(at: readonly number[], states: readonly (number | null)[]): [number, number][] {
  const spans: [number, number][] = [];
  let since: number | undefined;
  at.forEach((time, i) => {
    const open = (states[i] ?? 0) > 0;
    if (open && since === undefined)
      since = time;
    if (!open && since !== undefined) {
      spans.push([since, time]);
      since = undefined;
    }
  });
  if (since !== undefined)
    spans.push([since, at.at(-1)!]);
  return spans;
}

/** Hatches the times when the breaker was not closed; under the lines. */
export function drawSpans(u: uPlot, spans: readonly [number, number][], palette: Palette): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = palette.bad;
  for (const [from, to] of spans) {
    const left = u.valToPos(from, 'x', true);
    const right = Math.max(left + 2, u.valToPos(to, 'x', true));
    ctx.globalAlpha = 0.1;
    ctx.fillStyle = palette.bad;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** Marks events: a line with the sign of its kind at the top. */
export function drawMarks(u: uPlot, events: readonly NodeEvent[], palette: Palette): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${9 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  for (const event of events) {
    const x = Math.round(u.valToPos(Date.parse(event.at) / 1000, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width)
      continue;
    ctx.strokeStyle = ctx.fillStyle =
      event.severity === 'critical' ? palette.bad : event.severity === 'warning' ? palette.warn : palette.quiet;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + 10 * ratio);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(signOf(event.kind), x, bbox.top);
  }
  ctx.restore();
}
