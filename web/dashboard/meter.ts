import { make, setAttribute } from './dom.ts';

/** A bar from 0 to 1. The number stands beside it as text, so it is nothing to screen readers. */
export class Meter {
  private bar = make('span');
  readonly element = make('span', { class: 'meter', 'aria-hidden': 'true' }, this.bar);

  /** `level` colours it: quiet, warn or bad. */
  show(share: number | null, level: string = levelOf(share)): void {
    const scale = `scaleX(${Math.min(1, Math.max(0, share ?? 0))})`;
    if (this.bar.style.transform !== scale)
      this.bar.style.transform = scale;
    setAttribute(this.element, 'data-level', level);
  }
}

/** From 80 % on what is used of a thing is worth a look (the alerts' threshold), from 95 % on it is used up. */
export function levelOf(share: number | null): string {
  if (share === null || share < 0.8)
    return 'quiet';
  return share < 0.95 ? 'warn' : 'bad';
}
