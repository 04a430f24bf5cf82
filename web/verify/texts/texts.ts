import type { InvalidReason, UnknownReason, Verdict } from '../judgement.ts';

/** What the page says in one language. Where a date or time belongs to a text it follows after a colon. */
export interface Texts {
  /** The language's own name of itself. */
  language: string;
  title: string;
  states: Record<Verdict['state'], string>;
  /** The button under what is unknown. */
  checkAgain: string;
  invalid: Record<InvalidReason, string>;
  unknown: Record<UnknownReason, string>;
  membershipNumber: string;
  cardNumber: string;
  validUntil: string;
  compare: string;
  checkedOnline: string;
  checkedOffline: string;
  revocationsAsOf: string;
  revocationsNotKnown: string;
  checking: string;
  howTo: string;
  scan: string;
  stop: string;
  choosePicture: string;
  noCodeInPicture: string;
  noCamera: string;
  paste: string;
  check: string;
  privacy: string;
  worksOffline: string;
  chooseLanguage: string;
}
