import { dayOf } from './day.ts';
import type { KeyRing } from './key_ring.ts';
import { standingOf, type RevocationList } from './revocations.ts';
import type { CardToken } from './token.ts';

/** What is at hand to judge cards by. */
export interface Evidence {
  keys?: KeyRing | undefined;
  /** Whether the keys were fetched just now; else they were kept from an earlier visit. */
  keysFresh: boolean;
  /** Only ever a list whose signature was verified. */
  revocations?: RevocationList | undefined;
  revocationsFresh: boolean;
}

export type InvalidReason =
  'malformed' | 'unknownKey' | 'badSignature' | 'expired' | 'notYetValid' | 'revoked' | 'superseded';
export type UnknownReason = 'noKeys' | 'keyNotHere' | 'revocationsUnknown' | 'revocationsTooOld';

/** What can be said of a card. Claims of a token are shown only if its signature is good: `card` is missing else. */
export type Verdict =
  | { state: 'valid'; card: CardToken }
  | { state: 'invalid'; reason: InvalidReason; card?: CardToken }
  | { state: 'unknown'; reason: UnknownReason; card?: CardToken };

/** Returns whether `signature` is the Ed25519 signature of `message` under `publicKey`. */
export type SignatureCheck = (publicKey: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>,
                              signature: Uint8Array<ArrayBuffer>) => Promise<boolean>;

/** After this long without a newer list nobody should be let in on it: somebody may have been expelled meanwhile. */
export const longestListAge = 30 * 86_400;

/** A card may be issued tomorrow: the clock of who issued it may be ahead of UTC. */
const issueDaysAhead = 1;

/**
 * Returns what can be said of `token` (undefined: malformed) at `now`, in seconds since 1970-01-01T00:00Z. Of several
 * faults the gravest is named, in the same order as by the server's verify route. A clock that runs behind the list's
 * making is set forward to it, so that a device's wrong date does not bring an expired card back.
 */
export async function judge(token: CardToken | undefined, evidence: Evidence, now: number,
                            verify: SignatureCheck): Promise<Verdict> {
  if (!token)
    return { state: 'invalid', reason: 'malformed' };
  if (!evidence.keys)
    return { state: 'unknown', reason: 'noKeys' };
  const key = evidence.keys.get(token.keyId);
  if (!key) // keys kept from earlier may lack one that was made since
    return evidence.keysFresh ? { state: 'invalid', reason: 'unknownKey' } : { state: 'unknown', reason: 'keyNotHere' };
  if (!(await verify(key, token.signedBytes, token.signature)))
    return { state: 'invalid', reason: 'badSignature' };
  return judgeGenuine(token, evidence.revocations, now);
}

function judgeGenuine(card: CardToken, revocations: RevocationList | undefined, now: number): Verdict {
  if (revocations) {
    const standing = standingOf(card.memberId, revocations);
    if (card.epoch <= standing.revokedUpTo)
      return { state: 'invalid', reason: 'revoked', card };
    if (card.epoch < standing.currentEpoch)
      return { state: 'invalid', reason: 'superseded', card };
  }
  const today = dayOf(Math.max(now, revocations?.issuedAt ?? now));
  if (today > card.expiryDay)
    return { state: 'invalid', reason: 'expired', card };
  if (today < card.issueDay - issueDaysAhead)
    return { state: 'invalid', reason: 'notYetValid', card };
  if (!revocations)
    return { state: 'unknown', reason: 'revocationsUnknown', card };
  if (now - revocations.issuedAt > longestListAge)
    return { state: 'unknown', reason: 'revocationsTooOld', card };
  return { state: 'valid', card };
}
