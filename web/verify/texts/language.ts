import { af } from './af.ts';
import { en } from './en.ts';
import { st } from './st.ts';
import type { Texts } from './texts.ts';
import { xh } from './xh.ts';
import { zu } from './zu.ts';

/** The languages of the page by their codes (ISO 639-1), in the order in which they are offered. */
export const languages = { en, zu, xh, af, st } satisfies Record<string, Texts>;

export type Language = keyof typeof languages;

function isLanguage(code: string): code is Language {
  return Object.keys(languages).includes(code);
}

/**
 * Returns the language to begin with: the one remembered, else the first of what the browser prefers ("zu-ZA", "en")
 * that the page has, else English.
 */
export function chooseLanguage(remembered: string | null, preferred: readonly string[]): Language {
  const codes = [remembered ?? '', ...preferred.map((tag) => tag.toLowerCase().split('-')[0]!)];
  return codes.find(isLanguage) ?? 'en';
}
