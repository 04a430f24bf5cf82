import { cardNumber, membershipNumber } from './card_number.ts';
import { age, isoDate, localTime } from './day.ts';
import type { Evidence, Verdict } from './judgement.ts';
import type { Texts } from './texts/texts.ts';

/** A verdict with what it rests on, and when it was given (seconds since 1970-01-01T00:00Z). */
export interface Result {
  verdict: Verdict;
  evidence: Evidence;
  at: number;
}

/** What the page says of a result, in one language. Empty texts and a missing card are not shown. */
export interface ResultText {
  word: string;
  /** Whether checking again may find more. */
  again: boolean;
  reason: string;
  card?: { membershipNumber: string; cardNumber: string; validUntil: string };
  /** What the verdict rests on, sentence by sentence. */
  basis: string[];
}

export function describe(result: Result, texts: Texts): ResultText {
  const { verdict } = result;
  const text: ResultText = {
    word: texts.states[verdict.state],
    again: verdict.state === 'unknown',
    reason: reasonText(verdict, texts),
    basis: basisText(result, texts),
  };
  if (verdict.card) {
    text.card = {
      membershipNumber: membershipNumber(verdict.card),
      cardNumber: cardNumber(verdict.card),
      validUntil: isoDate(verdict.card.expiryDay),
    };
  }
  return text;
}

function reasonText(verdict: Verdict, texts: Texts): string {
  if (verdict.state === 'valid')
    return '';
  if (verdict.state === 'unknown')
    return texts.unknown[verdict.reason];
  const reason = texts.invalid[verdict.reason];
  if (verdict.reason === 'expired' && verdict.card)
    return `${reason}: ${isoDate(verdict.card.expiryDay)}`;
  if (verdict.reason === 'notYetValid' && verdict.card)
    return `${reason}: ${isoDate(verdict.card.issueDay)}`;
  return reason;
}

// What was found without the network and the list needs no basis: what is malformed or forged stays so.
function basisText({ verdict, evidence, at }: Result, texts: Texts): string[] {
  if (!verdict.card)
    return [];
  const list = evidence.revocations;
  if (!list)
    return [texts.revocationsNotKnown];
  const time = `${localTime(list.issuedAt)} (${age(at - list.issuedAt)})`.replace(/ /g, '\u00a0'); // on one line
  return [evidence.revocationsFresh ? texts.checkedOnline : texts.checkedOffline, `${texts.revocationsAsOf}: ${time}`];
}
