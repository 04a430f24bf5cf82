import { icon, make, setAttribute, setIcon, setText } from './dom.ts';
import { levelIcon } from './levels.ts';

/** A word with the icon and colour of its level. */
export class Badge {
  private mark = icon('info');
  private word = make('span');
  readonly element = make('span', { class: 'badge' }, this.mark, this.word);

  show(level: string, word: string): void {
    setAttribute(this.element, 'data-level', level);
    setIcon(this.mark, levelIcon(level));
    setText(this.word, word);
  }
}
