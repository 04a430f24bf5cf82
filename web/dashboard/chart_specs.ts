import { bytes, count, milliseconds, percent, perSecond } from './format.ts';

/** A chart: what it shows of the history, and how its values are written. */
export interface ChartSpec {
  title: string;
  lines: { series: string; label: string }[];
  text: (value: number | null | undefined) => string;
  /** The top of its axis, where that is fixed. */
  top?: number;
  /** How far labels of its axis may be apart, where not every round number will do. */
  steps?: number[];
}

const whole = [1, 2, 5].flatMap((first) => [1, 10, 100, 1000, 10_000, 100_000].map((size) => first * size)).sort((a, b) => a - b);
const binary = Array.from({ length: 45 }, (_, power) => 2 ** power);

export const chartSpecs: ChartSpec[] = [
  { title: 'Requests', text: perSecond, lines: [{ series: 'requests_per_s', label: 'requests' }] },
  {
    title: 'Response time',
    text: milliseconds,
    lines: [{ series: 'latency_p50_ms', label: 'p50' }, { series: 'latency_p99_ms', label: 'p99' }],
  },
  { title: 'Errors', text: percent, lines: [{ series: 'errors_percent', label: 'of answers' }] },
  {
    title: 'Refused and stale',
    text: perSecond,
    lines: [{ series: 'refused_per_s', label: 'refused' }, { series: 'stale_served_per_s', label: 'served stale' }],
  },
  {
    title: 'Hit ratio',
    text: percent,
    top: 100,
    lines: [
      { series: 'hit_ratio_percent', label: 'all' }, { series: 'l1_hit_ratio_percent', label: 'L1' },
      { series: 'l2_hit_ratio_percent', label: 'L2' },
    ],
  },
  {
    title: 'Waiting',
    text: count,
    steps: whole,
    lines: [{ series: 'queue_waiting', label: 'queue' }, { series: 'database_waiting', label: 'database' }],
  },
  {
    title: 'Busy',
    text: percent,
    top: 100,
    lines: [
      { series: 'loop_busy_percent', label: 'loops' }, { series: 'renderer_busy_percent', label: 'renderer' },
      { series: 'cpu_percent', label: 'CPU' },
    ],
  },
  { title: 'Cards', text: perSecond, lines: [{ series: 'cards_per_s', label: 'cards' }] },
  { title: 'Memory', text: bytes, steps: binary, lines: [{ series: 'resident_bytes', label: 'resident' }] },
];

/** All series that the page shows, for asking the node for no others. */
export const seriesNames = [...chartSpecs.flatMap(({ lines }) => lines.map(({ series }) => series)), 'breaker_state'];
