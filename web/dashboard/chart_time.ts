/** Returns the label of a point of the time axis, by how far the labels are apart (seconds). */
export function timeLabel(at: number, apart: number): string {
  const iso = new Date(at * 1000).toISOString();
  if (apart >= 86_400 || (apart >= 3600 && iso.slice(11, 16) === '00:00'))
    return iso.slice(5, 10);
  return apart < 60 ? iso.slice(11, 19) : iso.slice(11, 16);
}
