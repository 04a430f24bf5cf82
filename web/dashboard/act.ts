import { actions, outcomeText, type Action, type Values } from './actions.ts';
import { Badge } from './badge.ts';
import { byId, make, setText } from './dom.ts';
import { Refused, type NodeClient } from './node_client.ts';
import type { Session } from './stats.ts';

const keyItem = 'tessera-operator-key';
const longestReason = 200; // characters, as the node takes it
const refusals: Record<string, string> = {
  unknown: 'The node does not know this key or token. The token changes at each start of the node.',
  scope: 'This key is known, but does not have the scope operate.',
  slow_down: 'Too many wrong keys came from this address. Wait a minute, then try again.',
};

/** What an operator may do here: nothing without a key, with it the actions. Nothing is done without a reason and a second look. */
export class ActPanel {
  private session = byId('session');
  private form = byId<HTMLFormElement>('key_form');
  private input = byId<HTMLInputElement>('key');
  private list = byId('actions');
  private forget = byId('forget');
  private forms = actions.map((action) => this.actionForm(action));

  /** `nodeTime`: ms since 1970 by the node's clock. `onKey`: the key is another one. */
  constructor(private client: NodeClient, private nodeTime: () => number, private onKey: () => void) {
    this.list.append(...this.forms);
    this.client.key = sessionStorage.getItem(keyItem) ?? undefined;
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.setKey(this.input.value.trim() || undefined);
    });
    this.forget.addEventListener('click', () => {
      this.setKey(undefined);
      this.input.focus();
    });
  }

  /** Asks the node what this operator may do. */
  async refresh(): Promise<void> {
    try {
      this.showSession(await this.client.session<Session>());
    } catch (fault) {
      this.showMay(false);
      setText(this.session, fault instanceof Refused ? fault.message : 'The node cannot be asked who may act.');
    }
  }

  /** The node does not take the key even for reading: it must not be presented again and again. */
  dropKey(): void {
    this.client.key = undefined;
    sessionStorage.removeItem(keyItem);
    this.showMay(false);
    setText(this.session, refusals.unknown!);
  }

  private setKey(key: string | undefined): void {
    this.client.key = key;
    if (key === undefined)
      sessionStorage.removeItem(keyItem);
    else
      sessionStorage.setItem(keyItem, key);
    this.input.value = '';
    this.onKey();
    void this.refresh();
  }

  private showSession({ may_operate: may, name, refused, token_file: file }: Session): void {
    const had = this.client.key !== undefined;
    if (had && refused) {
      this.client.key = undefined; // not to be presented again and again
      sessionStorage.removeItem(keyItem);
    }
    this.showMay(may);
    setText(this.session, may ? `You act ${name === 'token' ? 'with the start-up token' : `as ${name}`}. Each act is written to the audit log.`
      : had ? refusals[refused ?? ''] ?? 'This key may not act.' : 'Read-only.');
    setText(byId('token_file'), file ? `The token is in ${file} on the node’s machine.` : '');
  }

  private showMay(may: boolean): void {
    this.form.hidden = may;
    this.list.hidden = this.forget.hidden = !may;
  }

  private actionForm(action: Action): HTMLFormElement {
    const reason = make('input', { name: 'reason', maxlength: String(longestReason), required: '', autocomplete: 'off',
      placeholder: 'for the audit log' });
    const button = make('button', { type: 'submit' }, `${action.button}…`);
    const badge = new Badge();
    const text = make('span');
    const outcome = make('p', { class: 'outcome', role: 'status', hidden: '' }, badge.element, text);
    const form = make('form', { class: 'panel action' }, make('h3', {}, action.title), make('p', { class: 'quiet' }, action.what),
      ...action.fields.map((field) => make('label', { class: 'field' }, field.label, input(field))),
      make('label', { class: 'field reason' }, 'Reason', reason), button, outcome);
    hideTimeOfAuto(form);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(form)) as Values;
      if (!(await confirmed(action, values, this.nodeTime())))
        return;
      button.disabled = true;
      outcome.hidden = false;
      const [level, said] = await this.perform(action, values);
      badge.show(level, level === 'ok' ? 'done' : 'not done');
      setText(text, said);
      if (level === 'ok')
        reason.value = '';
      button.disabled = false;
      button.focus();
    });
    return form;
  }

  private async perform(action: Action, values: Values): Promise<[string, string]> {
    try {
      const answer = await this.client.act<Parameters<typeof outcomeText>[0]>(action.name,
        { ...action.body(values), reason: values.reason });
      return ['ok', outcomeText(answer)];
    } catch (fault) {
      if (!(fault instanceof Refused))
        return ['bad', fault instanceof Error && fault.message.startsWith('The node') ? fault.message
          : 'The node could not be reached. Whether it was done is not known: see the timeline.'];
      if (fault.status === 401 || fault.status === 403)
        void this.refresh();
      return ['bad', fault.retryAfter === undefined ? fault.message : `${fault.message} Try again in ${fault.retryAfter} s.`];
    }
  }
}

function input({ name, choices, initial, least, most }: Action['fields'][number]): HTMLElement {
  if (choices) {
    const select = make('select', { name });
    select.append(...choices.map(([value, text]) => new Option(text, value, value === initial, value === initial)));
    return select;
  }
  return make('input', {
    name, type: 'number', required: '', min: String(least ?? 0), step: '1', autocomplete: 'off', value: initial ?? '',
    ...(most === undefined ? {} : { max: String(most) }),
  });
}

// A breaker that decides by itself does so for no particular time.
function hideTimeOfAuto(form: HTMLFormElement): void {
  const state = form.elements.namedItem('state');
  const time = form.elements.namedItem('for_s');
  if (state instanceof HTMLSelectElement && time instanceof HTMLSelectElement)
    state.addEventListener('change', () => {
      time.disabled = state.value === 'auto';
    });
}

// Resolves to whether the operator wants what was said in words.
function confirmed(action: Action, values: Values, now: number): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>('confirm');
  setText(byId('confirm_title'), `${action.title}?`);
  setText(byId('confirm_text'), action.question(values, now));
  setText(byId('confirm_reason'), `Reason: ${values.reason}`);
  const yes = byId('confirm_yes');
  setText(yes, action.button);
  yes.classList.toggle('grave', action.grave ?? false);
  dialog.returnValue = 'no';
  dialog.showModal();
  byId(action.grave ? 'confirm_no' : 'confirm_yes').focus();
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}
