import type { ResultText } from './result.ts';
import type { Texts } from './texts/texts.ts';

/** The elements of index.html that the page changes. */
export const elements = {
  language: byId('language', HTMLSelectElement),
  result: byId('result', HTMLElement),
  word: byId('word', HTMLElement),
  again: byId('again', HTMLButtonElement),
  reason: byId('reason', HTMLElement),
  card: byId('card', HTMLElement),
  membershipNumber: byId('membership_number', HTMLElement),
  cardNumber: byId('card_number', HTMLElement),
  validUntil: byId('valid_until', HTMLElement),
  compare: byId('compare', HTMLElement),
  basis: byId('basis', HTMLElement),
  howTo: byId('how_to', HTMLElement),
  illustration: byId('illustration', SVGSVGElement),
  viewfinder: byId('viewfinder', HTMLElement),
  video: byId('video', HTMLVideoElement),
  scan: byId('scan', HTMLButtonElement),
  stop: byId('stop', HTMLButtonElement),
  picture: byId('picture', HTMLInputElement),
  notice: byId('notice', HTMLElement),
  pasteForm: byId('paste_form', HTMLFormElement),
  pasted: byId('pasted', HTMLTextAreaElement),
  offline: byId('offline', HTMLElement),
};

function byId<T extends Element>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type))
    throw new Error(`index.html lacks #${id}`);
  return element;
}

/** Puts the fixed texts of the page into a language. */
export function showTexts(language: string, texts: Texts): void {
  document.documentElement.lang = language;
  document.title = texts.title;
  elements.language.value = language;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const text = texts[element.dataset.text as keyof Texts];
    if (typeof text === 'string')
      element.textContent = text;
  }
}

/** Takes a result away. */
export function showNothing(texts: Texts): void {
  showState('none', { word: '', again: false, reason: '', basis: [] });
  document.title = texts.title;
}

/** Shows that a check is under way. */
export function showChecking(texts: Texts): void {
  showState('checking', { word: texts.checking, again: false, reason: '', basis: [] });
}

/** Shows a result, and brings it into sight. */
export function showResult(state: string, text: ResultText, texts: Texts): void {
  showState(state, text);
  document.title = `${text.word} – ${texts.title}`;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  elements.result.scrollIntoView({ block: 'start', behavior: still ? 'auto' : 'smooth' });
}

function showState(state: string, text: ResultText): void {
  elements.result.dataset.state = state;
  elements.word.textContent = text.word;
  const longest = Math.max(...text.word.split(' ').map((word) => word.length));
  elements.word.style.setProperty('--letters', String(Math.max(longest, 5)));
  elements.again.hidden = !text.again;
  elements.howTo.hidden = text.word !== '';
  elements.reason.textContent = text.reason;
  elements.card.hidden = !text.card;
  elements.compare.hidden = !text.card || state === 'invalid';
  elements.membershipNumber.textContent = text.card?.membershipNumber ?? '';
  elements.cardNumber.textContent = text.card?.cardNumber ?? '';
  elements.validUntil.textContent = text.card?.validUntil ?? '';
  elements.basis.replaceChildren(...text.basis.map((sentence) => {
    const line = document.createElement('span');
    line.textContent = sentence;
    return line;
  }));
}

/** Shows what went wrong with a picture or the camera; nothing for an empty text. */
export function showNotice(text: string): void {
  elements.notice.textContent = text;
}

/** Shows the camera's picture with the button that ends it, or the button that begins it; the focus goes along. */
export function showViewfinder(shown: boolean): void {
  const [gone, come] = shown ? [elements.scan, elements.stop] : [elements.stop, elements.scan];
  const focused = document.activeElement === gone;
  elements.viewfinder.hidden = !shown;
  elements.illustration.toggleAttribute('hidden', shown);
  come.hidden = false;
  gone.hidden = true;
  if (focused)
    come.focus({ preventScroll: true });
}
