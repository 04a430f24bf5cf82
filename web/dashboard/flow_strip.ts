import { byId, make, setAttribute, setText, ShownList, type Shown } from './dom.ts';
import { count, milliseconds, percent, perSecond, share } from './format.ts';
import { Meter } from './meter.ts';
import { narrowestText } from './narrowest.ts';
import type { Stage, Stats } from './stats.ts';

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
