// Numbers and times as text: the same for every language of the browser, a unit with each number, groups of three digits
// parted by a narrow space (ISO 80000-1), all times in UTC as in the log.

/** What stands for a number that is not known. */
export const none = '–';

const gap = '\u202f';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, gap);
}

/** A whole number. */
export function count(value: number | null | undefined): string {
  return value == null ? none : grouped(String(Math.round(value)));
}

/** A measured number with three digits that matter; whole ones stay whole. */
export function quantity(value: number | null | undefined): string {
  if (value == null)
    return none;
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value))
    return count(value);
  return value.toFixed(size >= 10 ? 1 : 2);
}

function withUnit(value: number | null | undefined, unit: string): string {
  return value == null ? none : `${quantity(value)}${gap}${unit}`;
}

export function perSecond(value: number | null | undefined): string {
  return value == null ? none : `${quantity(value)}/s`;
}

/** Of a value from 0 to 100. */
export function percent(value: number | null | undefined): string {
  if (value == null)
    return none;
  return `${quantity(value)}${gap}%`;
}

/** Of a value from 0 to 1. */
export function share(value: number | null | undefined): string {
  return value == null ? none : percent(value * 100);
}

export function milliseconds(value: number | null | undefined): string {
  if (value == null)
    return none;
  if (value >= 1000)
    return withUnit(value / 1000, 's');
  return value > 0 && value < 1 ? `${Math.round(value * 1000)}${gap}µs` : withUnit(value, 'ms');
}

export function microseconds(value: number | null | undefined): string {
  return value == null ? none : milliseconds(value / 1000);
}

export function bytes(value: number | null | undefined): string {
  if (value == null)
    return none;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return withUnit(unit === 0 ? Math.round(value) : value, units[unit]!);
}

/** How long, in its two largest units. */
export function span(seconds: number | null | undefined): string {
  if (seconds == null)
    return none;
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0)
    return `0${gap}s`;
  return parts.slice(first, first + 2).filter(([amount], i) => i === 0 || amount > 0)
    .map(([amount, unit]) => `${amount}${gap}${unit}`).join(' ');
}

/** The time of day, in UTC. */
export function clock(at: string | number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** The time of day if it is the day of `now` (ms), else with its date; in UTC. */
export function moment(at: string, now: number): string {
  const iso = new Date(at).toISOString();
  const today = new Date(now).toISOString().slice(0, 10);
  return iso.startsWith(today) ? clock(at) : `${iso.slice(0, 10)} ${clock(at)}`;
}

/** The same in the narrow column of a list: "08:14:05" or "11-24 23:47". */
export function listMoment(at: string, now: number): string {
  const text = moment(at, now);
  return text.length > 8 ? text.slice(5, 16) : text;
}

/** Seconds from `at` until `now` (ms), at least 0. */
export function secondsSince(at: string, now: number): number {
  return Math.max(0, (now - Date.parse(at)) / 1000);
}

/** A word of the node's, for people: "half_open" as "half open". */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

/** A value in the unit that an alert names. */
export function inUnit(value: number | null, unit: string): string {
  switch (unit) {
    case 'percent':
      return percent(value);
    case 'ms':
      return milliseconds(value);
    case 's':
      return withUnit(value, 's');
    case 'state':
      return value == null ? none : value ? 'yes' : 'no';
    default:
      return withUnit(value, unit);
  }
}
