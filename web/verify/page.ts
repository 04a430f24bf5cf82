import { Camera } from './camera.ts';
import { cacheStorage, fetchText, rememberedLanguage, rememberLanguage } from './device.ts';
import { verifySignature } from './ed25519.ts';
import { gatherEvidence } from './evidence.ts';
import { judge, type Evidence } from './judgement.ts';
import { readPicture } from './picture.ts';
import { qrReader } from './qr_reader.ts';
import { describe, type Result } from './result.ts';
import { chooseLanguage, languages, type Language } from './texts/language.ts';
import { parseToken, tokenIn } from './token.ts';
import { elements, showChecking, showNothing, showNotice, showResult, showTexts, showViewfinder } from './view.ts';

// Evidence from the network serves this long, in seconds: a queue at a door is checked without waiting for each card.
const evidenceServes = 60;

const nothingKnown: Evidence = { keysFresh: false, revocationsFresh: false };
const camera = new Camera(elements.video);

let language = chooseLanguage(rememberedLanguage(), navigator.languages);
let checks = 0; // only the last one that was begun may show its result
let token: string | undefined; // what was checked last; it never leaves the page
let shown: Result | undefined;
let gathering: Promise<Evidence> | undefined;
let gathered: { evidence: Evidence; at: number } | undefined;

function texts() {
  return languages[language];
}

function secondsNow(): number {
  return Date.now() / 1000;
}

function evidence(): Promise<Evidence> {
  const age = gathered ? secondsNow() - gathered.at : Infinity;
  if (gathered && age >= 0 && age < evidenceServes)
    return Promise.resolve(gathered.evidence);
  gathering ??= gather().finally(() => {
    gathering = undefined;
  });
  return gathering;
}

async function gather(): Promise<Evidence> {
  const found = await gatherEvidence(fetchText, cacheStorage, verifySignature);
  gathered = found.keysFresh && found.revocationsFresh ? { evidence: found, at: secondsNow() } : undefined;
  return found;
}

async function check(text: string): Promise<void> {
  camera.stop();
  const mine = ++checks;
  token = text;
  shown = undefined;
  showNotice('');
  showChecking(texts());
  const card = parseToken(text);
  const found = card ? await evidence() : nothingKnown; // what is malformed need not wait for the network
  const at = secondsNow();
  const verdict = await judge(card, found, at, verifySignature);
  if (mine !== checks)
    return;
  shown = { verdict, evidence: found, at };
  showShown();
}

function showShown(): void {
  if (shown)
    showResult(shown.verdict.state, describe(shown, texts()), texts());
}

// The last card's result must not be taken for the next one's, nor come back with a reload.
function beginAnother(): void {
  camera.stop();
  ++checks;
  token = shown = undefined;
  history.replaceState(null, '', location.pathname);
  showNotice('');
  showNothing(texts());
}

// For cards that came otherwise than by the address.
function checkAnother(text: string): Promise<void> {
  beginAnother();
  return check(tokenIn(text));
}

function checkAgain(): void {
  gathered = undefined;
  if (token !== undefined)
    void check(token);
}

function checkAddress(): void {
  if (location.hash.length > 1)
    void check(location.hash.slice(1));
}

async function scan(): Promise<void> {
  beginAnother();
  showViewfinder(true);
  try {
    const text = await camera.scan(await qrReader());
    if (text !== undefined)
      await checkAnother(text);
  } catch {
    showNotice(texts().noCamera);
  } finally {
    showViewfinder(camera.on); // it is, if it was stopped and begun again meanwhile
  }
}

async function choosePicture(): Promise<void> {
  const file = elements.picture.files?.[0];
  elements.picture.value = ''; // so that the same file may be chosen again
  if (!file)
    return;
  beginAnother();
  const text = await readPicture(file, await qrReader()).catch(() => undefined);
  if (text === undefined)
    showNotice(texts().noCodeInPicture);
  else
    await checkAnother(text);
}

function setLanguage(chosen: Language): void {
  language = chosen;
  showTexts(language, texts());
  if (elements.result.dataset.state === 'checking')
    showChecking(texts());
  showShown();
}

async function prepareForOffline(): Promise<void> {
  if (!('serviceWorker' in navigator))
    return;
  await navigator.serviceWorker.register('/V/sw.js', { scope: '/V' });
  const [found] = await Promise.all([evidence(), navigator.serviceWorker.ready]);
  elements.offline.hidden = !found.keys || !found.revocations;
}

function start(): void {
  for (const [code, { language: name }] of Object.entries(languages)) {
    const option = new Option(name, code);
    option.lang = code;
    elements.language.add(option);
  }
  setLanguage(language);
  elements.language.addEventListener('change', () => {
    rememberLanguage(elements.language.value);
    setLanguage(elements.language.value as Language);
  });

  elements.again.addEventListener('click', checkAgain);
  elements.scan.addEventListener('click', () => void scan());
  elements.stop.addEventListener('click', () => {
    camera.stop();
    showViewfinder(false);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden)
      camera.stop();
  });
  elements.picture.addEventListener('change', () => void choosePicture());
  elements.pasteForm.addEventListener('submit', (event) => {
    event.preventDefault();
    if (elements.pasted.value.trim() !== '')
      void checkAnother(elements.pasted.value);
  });
  addEventListener('hashchange', checkAddress);
  addEventListener('online', () => {
    if (shown && !shown.evidence.revocationsFresh)
      checkAgain();
  });
  checkAddress();
  void prepareForOffline().catch(() => {}); // without it the page works online
}

start();
