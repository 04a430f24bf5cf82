// How good or bad a thing is: ok, info, warn or bad. Each has an icon of its own shape, and a word stands beside it.

const icons: Record<string, string> = {
  ok: 'ok', degraded: 'degraded', down: 'down', lost: 'lost', stale: 'stale', connecting: 'connecting',
  info: 'info', warn: 'degraded', bad: 'down', off: 'off',
};

/** Returns the name of a level's or state's icon. */
export function levelIcon(level: string): string {
  return icons[level] ?? 'info';
}

/** Returns the level of an alert's or event's severity. */
export function levelOfSeverity(severity: string): string {
  return severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'info';
}

/** Returns the level of a circuit breaker's state. */
export function levelOfBreaker(state: string): string {
  return state === 'closed' ? 'ok' : state === 'half_open' ? 'warn' : 'bad';
}

/** Returns the level of an alert's rule. */
export function levelOfRule(state: string, severity: string): string {
  if (state === 'firing')
    return levelOfSeverity(severity);
  return state === 'pending' ? 'warn' : state === 'off' ? 'off' : 'ok';
}
