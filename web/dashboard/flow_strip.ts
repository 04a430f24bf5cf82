import { byId, make, setAttribute, setText, ShownList, type Shown } from './dom.ts';
import { count, milliseconds, percent, perSecond, share } from './format.ts';
import { Meter } from './meter.ts';
import type { Stage, Stats } from './stats.ts';

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

/** The way of a request, stage by stage, with the narrowest one outlined. */
export class FlowStrip {
  private sentence = byId('narrowest');
  private narrowest: string | null = null;
  private list = new ShownList<Stage>(byId('flow'), ({ id }) => id, () => this.stage());

  show(stats: Stats): void {
    this.narrowest = stats.narrowest;
    this.list.show(stats.stages);
    setText(this.sentence, narrowestText(stats));
  }

  private stage(): Shown<Stage> {
    const name = make('h3');
    const tag = make('span', { class: 'tag' }, 'narrowest');
    const rate = make('p', { class: 'rate' });
    const saturation = make('span', { class: 'saturation' });
    const meter = new Meter();
    const waiting = make('dd');
    const slow = make('dd');
    const refused = make('dd');
    const element = make('li', { class: 'stage' }, make('div', { class: 'title' }, name, tag), rate,
      make('p', { class: 'level' }, meter.element, saturation),
      make('dl', {}, make('div', {}, make('dt', {}, 'waiting'), waiting), make('div', {}, make('dt', {}, 'p99'), slow),
        make('div', {}, make('dt', {}, 'refused'), refused)));
    return {
      element,
      show: (stage) => {
        setAttribute(element, 'data-narrowest', String(stage.id === this.narrowest));
        setText(name, stage.name);
        setText(rate, perSecond(stage.rate_per_s));
        meter.show(stage.saturation);
        setText(saturation, `${Math.round(stage.saturation * 100)}\u202f%`);
        setText(waiting, stage.waiting_limit === null ? count(stage.waiting)
          : `${count(stage.waiting)} / ${count(stage.waiting_limit)}`);
        setText(slow, milliseconds(stage.p99_ms));
        setText(refused, stage.refused_share > 0 ? share(stage.refused_share) : percent(0));
      },
    };
  }
}

/** Says in words which stage is the narrowest, and what that means. */
export function narrowestText({ stages, narrowest }: Pick<Stats, 'stages' | 'narrowest'>): string {
  const stage = stages.find(({ id }) => id === narrowest);
  if (!stage)
    return 'No stage is narrow: every one is used to less than 5 %.';
  const used = Math.round(stage.saturation * 100);
  const waiting = stage.waiting > 0 ? `, ${count(stage.waiting)} waiting` : '';
  return `Narrowest: ${stage.name}. ${used}\u202f% ${saturationOf[stage.id] ?? 'of it is used'}${waiting}.`;
}
