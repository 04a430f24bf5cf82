const secondsPerDay = 86_400;

/** Returns the day of `seconds` since 1970-01-01T00:00Z, counted from 1970-01-01, in UTC. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / secondsPerDay);
}

/** Returns the day as ISO 8601, "2026-01-31": the way South Africa writes dates (SANS 8601), in all its languages. */
export function isoDate(day: number): string {
  return new Date(day * secondsPerDay * 1000).toISOString().slice(0, 10);
}

/** Returns the time of `seconds` since 1970-01-01T00:00Z on the device's clock: "2026-01-31 14:05". */
export function localTime(seconds: number): string {
  const time = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** Returns how long `seconds` are, in the symbols of the SI, which need no translation: "3 min", "5 h", "12 d". */
export function age(seconds: number): string {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  if (minutes < 60)
    return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
