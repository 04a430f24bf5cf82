export function dayOf(seconds: number): number;
export function base32(bytes: Uint8Array): string;
export function leb128(value: number | bigint): Uint8Array;

export interface Claims {
  version?: number;
  keyId?: string;
  memberId?: number;
  epoch?: number;
  issueDay: number;
  expiryDay: number;
  template?: number;
}

export interface RevocationEntry {
  memberId: number;
  revokedUpTo?: number;
  currentEpoch?: number;
}

export class Issuer {
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly keyId: string;
  sign(...parts: Uint8Array[]): Uint8Array<ArrayBuffer>;
  keySet(...others: Issuer[]): string;
  tokenBytes(claims: Claims): Uint8Array<ArrayBuffer>;
  token(claims: Claims): string;
  revocations(issuedAt: number, entries?: RevocationEntry[]): string;
}
