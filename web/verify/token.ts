import { decodeBase32 } from './base32.ts';

/** A card's proof, version 1 (docs/decisions/0016-cards-and-their-tokens.md). Nothing in it is believed unverified. */
export interface CardToken {
  /** Which key signed it: eight hexadecimal digits. */
  keyId: string;
  memberId: number;
  epoch: number;
  /** Days since 1970-01-01, UTC. */
  issueDay: number;
  /** The last day on which it is valid. */
  expiryDay: number;
  template: 'standard' | 'premium';
  /** What the signature is over. */
  signedBytes: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

const tokenSize = 82;
const claimsSize = 18;
const version = 1;
const templates = ['standard', 'premium'] as const;
const maxMemberId = 999_999_999_999; // one digit more could be taken for an ID number
const signedPrefix = new TextEncoder().encode('tessera card v1');

/** Returns the token that `text` spells, or undefined if it is not the one text of a well-formed token. */
export function parseToken(text: string): CardToken | undefined {
  const bytes = decodeBase32(text);
  if (bytes?.length !== tokenSize)
    return undefined;
  const view = new DataView(bytes.buffer);
  const template = templates[view.getUint8(17)];
  const memberId = view.getUint16(5) * 2 ** 32 + view.getUint32(7);
  const epoch = view.getUint16(11);
  if (view.getUint8(0) !== version || template === undefined || memberId < 1 || memberId > maxMemberId || epoch < 1)
    return undefined;
  const signedBytes = new Uint8Array(signedPrefix.length + claimsSize);
  signedBytes.set(signedPrefix);
  signedBytes.set(bytes.subarray(0, claimsSize), signedPrefix.length);
  return {
    keyId: view.getUint32(1).toString(16).padStart(8, '0'),
    memberId,
    epoch,
    issueDay: view.getUint16(13),
    expiryDay: view.getUint16(15),
    template,
    signedBytes,
    signature: bytes.slice(claimsSize),
  };
}

/**
 * Returns what `text`, scanned or pasted, may hold as a token: what follows the # of a verify page's address, else the
 * text itself; spaces and line breaks, as mail programs make them, are dropped.
 */
export function tokenIn(text: string): string {
  const dense = text.replace(/\s/g, '');
  return /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^/?#]+\/V#(.*)$/.exec(dense)?.[1] ?? dense;
}
