import { moment, span } from './format.ts';
import type { Breaker } from './stats.ts';

/** Says what the breaker does next. `passed`: seconds since the figures were taken. */
export function breakerOutlook(breaker: Breaker, passed: number, now: number): string {
  if (breaker.forced_until)
    return `Forced by an operator until ${moment(breaker.forced_until, now)} UTC`;
  if (breaker.state === 'closed')
    return 'The database is asked as usual';
  if (breaker.next_probe_s === null)
    return breaker.state === 'half_open' ? 'Probes are under way' : 'No probe is planned';
  const left = Math.ceil(Math.max(0, breaker.next_probe_s - passed));
  return left === 0 ? 'The next probe is due' : `Next probe in ${span(left)}`;
}
