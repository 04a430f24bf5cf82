import { Badge } from './badge.ts';
import { byId, make, setAttribute, setText, ShownList, type Shown } from './dom.ts';
import { count, inUnit, listMoment, moment, none, secondsSince, span } from './format.ts';
import { levelOfRule } from './levels.ts';
import type { Alert, Stats } from './stats.ts';

/** Says how a value stands to its limit. */
export function limitText({ value, threshold, unit, below }: Alert): string {
  return unit === 'state' ? '' : `${inUnit(value, unit)}, limit ${below ? 'at least' : 'at most'} ${inUnit(threshold, unit)}`;
}

/** Alerts that fire or are about to with their advice, and the rules of all. */
export class AlertsPanel {
  private now = 0;
  private noAlerts = byId('no_alerts');
  private webhook = byId('webhook');
  private title = byId('rules_title');
  private cards = new ShownList<Alert>(byId('alert_cards'), ({ id }) => id, () => this.card());
  private rows = new ShownList<Alert>(byId('rule_rows'), ({ id }) => id, () => this.row());

  show({ alerts, webhook }: Stats, now: number): void {
    this.now = now;
    const urgent = alerts.filter(({ state }) => state === 'firing' || state === 'pending');
    this.cards.show(urgent);
    this.noAlerts.hidden = urgent.length > 0;
    this.rows.show(alerts);
    setText(this.title, `All ${count(alerts.length)} rules`);
    setText(this.webhook, !webhook.configured ? 'No webhook is configured'
      : `Webhook: ${count(webhook.sent)} sent, ${count(webhook.failed)} failed, ${count(webhook.waiting)} waiting`);
  }

  private card(): Shown<Alert> {
    const state = new Badge();
    const since = make('span', { class: 'quiet' });
    const summary = make('h3');
    const value = make('span', { class: 'quiet' });
    const meaning = make('p');
    const advice = make('p', { class: 'advice' });
    const element = make('li', { class: 'alert' }, make('p', { class: 'headline' }, state.element, since, value), summary,
      meaning, advice);
    return {
      element,
      show: (alert) => {
        const level = levelOfRule(alert.state, alert.severity);
        setAttribute(element, 'data-level', level);
        state.show(level, alert.state === 'firing' ? alert.severity : `${alert.severity}, ${alert.state}`);
        setText(since, `since ${moment(alert.since, this.now)}, for ${span(secondsSince(alert.since, this.now))}`);
        setText(summary, alert.summary);
        setText(value, limitText(alert));
        setText(meaning, alert.meaning);
        setText(advice, alert.advice);
      },
    };
  }

  private row(): Shown<Alert> {
    const state = new Badge();
    const name = make('th', { scope: 'row' });
    const value = make('td', { class: 'number' });
    const limit = make('td', { class: 'number' });
    const since = make('td');
    return {
      element: make('tr', {}, name, make('td', {}, state.element), value, limit, since),
      show: (alert) => {
        setText(name, alert.summary);
        state.show(levelOfRule(alert.state, alert.severity), alert.state);
        setText(value, inUnit(alert.value, alert.unit));
        setText(limit, alert.unit === 'state' ? none : `${alert.below ? '≥' : '≤'} ${inUnit(alert.threshold, alert.unit)}`);
        setText(since, listMoment(alert.since, this.now));
      },
    };
  }
}
