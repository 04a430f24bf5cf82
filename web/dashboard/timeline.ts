import { signOf } from './chart_marks.ts';
import { byId, make, setAttribute, setText, ShownList, type Shown } from './dom.ts';
import { listMoment, words } from './format.ts';
import { levelOfSeverity } from './levels.ts';
import type { NodeEvent, Stats } from './stats.ts';

/** What happened, newest first. */
export class Timeline {
  private now = 0;
  private rows = new ShownList<NodeEvent>(byId('events'), ({ id }) => String(id), () => this.row());

  show({ events }: Stats, now: number): void {
    this.now = now;
    this.rows.show(events);
  }

  private row(): Shown<NodeEvent> {
    const at = make('time');
    const sign = make('span', { class: 'sign', 'aria-hidden': 'true' });
    const kind = make('span', { class: 'kind' });
    const text = make('span', { class: 'text' });
    const element = make('li', {}, at, sign, kind, text);
    return {
      element,
      show: (event) => {
        setAttribute(element, 'data-level', levelOfSeverity(event.severity));
        setText(at, listMoment(event.at, this.now));
        setText(sign, signOf(event.kind));
        setText(kind, event.severity === 'info' ? words(event.kind) : `${words(event.kind)}, ${event.severity}`);
        setText(text, `${event.subject}: ${event.text}`);
      },
    };
  }
}
