import { count } from './format.ts';
import type { Stats } from './stats.ts';

// What a stage's saturation is the share of.
const saturationOf: Record<string, string> = {
  gateway: 'of the time of its busiest loop is used',
  limiter: 'of the requests are turned away',
  queue: 'of its places are taken',
  l1: 'of the time of its busiest actor is used',
  l2: 'of the time of its busiest connection is used',
  database: 'of its connections or places are taken, or it cannot be used',
  renderer: 'of the time of its busiest renderer is used',
};

/** Says in words which stage is the narrowest, and what that means. */
export function narrowestText({ stages, narrowest }: Pick<Stats, 'stages' | 'narrowest'>): string {
  const stage = stages.find(({ id }) => id === narrowest);
  if (!stage)
    return 'No stage is narrow: every one is used to less than 5 %.';
  const used = Math.round(stage.saturation * 100);
  const waiting = stage.waiting > 0 ? `, ${count(stage.waiting)} waiting` : '';
  return `Narrowest: ${stage.name}. ${used}\u202f% ${saturationOf[stage.id] ?? 'of it is used'}${waiting}.`;
}
