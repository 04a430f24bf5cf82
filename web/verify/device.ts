import type { FetchText, KeptTexts } from './evidence.ts';

const cacheName = 'tessera-verify-data';
const patience = 6_000; // ms: a slow network is no better than none for who stands at a door

/** Fetches from this page's server. Asks anew each time; where nothing changed that costs a 304. */
export const fetchText: FetchText = async (path) => {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), patience);
  try {
    const response = await fetch(path, { cache: 'no-cache', credentials: 'omit', signal: aborter.signal });
    if (!response.ok)
      throw new Error(`${path}: ${response.status}`);
    return await response.text();
  } finally {
    clearTimeout(timer);
  }
};

/** Keeps texts in the browser's Cache Storage. Where it has none (http, some private windows) nothing is kept. */
export const cacheStorage: KeptTexts = {
  async get(path) {
    try {
      return await (await (await caches.open(cacheName)).match(path))?.text();
    } catch {
      return undefined;
    }
  },
  async put(path, text) {
    try {
      await (await caches.open(cacheName)).put(path, new Response(text));
    } catch {
      // The check in hand does not need it.
    }
  },
};

const languageKey = 'tessera-verify-language';

/** Returns the language chosen at an earlier visit. */
export function rememberedLanguage(): string | null {
  try {
    return localStorage.getItem(languageKey);
  } catch {
    return null;
  }
}

export function rememberLanguage(language: string): void {
  try {
    localStorage.setItem(languageKey, language);
  } catch {
    // Then it is asked of the browser again at the next visit.
  }
}
