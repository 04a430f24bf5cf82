import { byId, icon, make, setAttribute, setIcon, setText, ShownList, type Shown } from './dom.ts';
import { count } from './format.ts';
import { levelIcon, levelOfSeverity } from './levels.ts';
import type { ShownState } from './state.ts';
import type { Alert, Stats } from './stats.ts';

const mostFiring = 3;

/** The first thing to be seen: one word, why, since when, and the alerts that fire. */
export class StatePlate {
  private word = byId('word');
  private cause = byId('cause');
  private since = byId('since');
  private chipWord = byId('chip_word');
  private icons = [byId('state_icon'), byId('chip_icon')].map((place) => {
    const element = icon('connecting');
    place.append(element);
    return element;
  });
  private announcer = byId('announcer');
  private retry = byId('retry');
  private firingTitle = byId('firing_title');
  private firing = new ShownList<Alert>(byId('firing'), (alert) => alert.id, firingLine);

  constructor(onRetry: () => void) {
    this.retry.addEventListener('click', onRetry);
    new IntersectionObserver(([entry]) => {
      byId('chip').classList.toggle('needed', !entry!.isIntersecting);
    }, { rootMargin: '-48px 0px 0px' }).observe(this.word);
  }

  showState(state: ShownState): void {
    if (document.body.dataset.level !== state.level)
      setText(this.announcer, `${state.word}. ${state.cause}`);
    setAttribute(document.body, 'data-level', state.level);
    setText(this.word, state.word);
    setText(this.chipWord, state.word);
    setText(this.cause, state.cause);
    setText(this.since, state.since);
    for (const element of this.icons)
      setIcon(element, levelIcon(state.level));
    this.retry.hidden = state.level !== 'lost';
  }

  showFiring({ alerts }: Stats): void {
    const firing = alerts.filter(({ state }) => state === 'firing');
    const pending = alerts.filter(({ state }) => state === 'pending').length;
    const more = firing.length > mostFiring ? `, ${count(firing.length - mostFiring)} more below` : '';
    const coming = pending > 0 ? `, ${count(pending)} pending` : '';
    setText(this.firingTitle, firing.length === 0 ? `No alert fires${coming}`
      : `${count(firing.length)} ${firing.length === 1 ? 'alert fires' : 'alerts fire'}${more}${coming}`);
    this.firing.show(firing.slice(0, mostFiring));
  }
}

function firingLine(): Shown<Alert> {
  const mark = icon('degraded');
  const severity = make('b');
  const summary = make('span', { class: 'text' });
  const element = make('li', {}, mark, severity, summary);
  return {
    element,
    show(alert) {
      setAttribute(element, 'data-level', levelOfSeverity(alert.severity));
      setIcon(mark, levelIcon(levelOfSeverity(alert.severity)));
      setText(severity, alert.severity);
      setText(summary, alert.summary);
    },
  };
}
