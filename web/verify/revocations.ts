import { decodeBase64Url } from './base64url.ts';
import { parseJson } from './key_ring.ts';
import { Leb128Reader } from './leb128.ts';

/** The organisation's list of revoked and superseded cards, of one moment. */
export interface RevocationList {
  /** Seconds since 1970-01-01T00:00Z. */
  issuedAt: number;
  /** Which key signed it. */
  keyId: string;
  /** What is listed, packed: see `standingOf`. */
  entries: Uint8Array<ArrayBuffer>;
  /** What the signature is over. */
  signedBytes: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

/** What the list says of a member's cards. */
export interface Standing {
  /** Cards up to this epoch are revoked; 0 for none. */
  revokedUpTo: number;
  /** Cards of earlier epochs are superseded. */
  currentEpoch: number;
}

const version = 1;
const signedPrefix = new TextEncoder().encode('tessera revocations v1');

/** Returns the list that the server's answer holds, its signature not yet verified, or undefined if it is malformed. */
export function parseRevocations(text: string): RevocationList | undefined {
  const answer = parseJson(text) as Partial<Record<string, unknown>> | null | undefined;
  const issuedAt = answer?.issued_at;
  if (answer?.version !== version || !Number.isSafeInteger(issuedAt) || typeof answer.kid !== 'string'
      || typeof answer.list !== 'string' || typeof answer.signature !== 'string')
    return undefined;
  const entries = decodeBase64Url(answer.list);
  const signature = decodeBase64Url(answer.signature);
  if (!entries || !signature || forEachEntry(entries, () => {}) !== answer.count)
    return undefined;
  const signedBytes = new Uint8Array(signedPrefix.length + 8 + entries.length);
  signedBytes.set(signedPrefix);
  new DataView(signedBytes.buffer).setBigInt64(signedPrefix.length, BigInt(issuedAt as number));
  signedBytes.set(entries, signedPrefix.length + 8);
  return { issuedAt: issuedAt as number, keyId: answer.kid, entries, signedBytes, signature };
}

/** Returns what `list` says of the member's cards. Who is not listed has cards of epoch 1, not revoked. */
export function standingOf(memberId: number, list: RevocationList): Standing {
  let standing: Standing = { revokedUpTo: 0, currentEpoch: 1 };
  forEachEntry(list.entries, (member, revokedUpTo, currentEpoch) => {
    if (member === memberId)
      standing = { revokedUpTo, currentEpoch };
  });
  return standing;
}

// Each entry is three LEB128 numbers: member id less the one before, revoked up to, current epoch. Returns how many
// there are, or undefined where they are malformed.
function forEachEntry(entries: Uint8Array, visit: (member: number, revokedUpTo: number, currentEpoch: number) => void) {
  const numbers = new Leb128Reader(entries);
  let count = 0;
  let member = 0;
  while (!numbers.atEnd) {
    const step = numbers.next();
    const revokedUpTo = numbers.next();
    const currentEpoch = numbers.next();
    if (!step || revokedUpTo === undefined || !currentEpoch)
      return undefined;
    member += step;
    visit(member, revokedUpTo, currentEpoch);
    ++count;
  }
  return count;
}
