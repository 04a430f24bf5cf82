import { decodeBase64Url } from './base64url.ts';

/** The organisation's public keys by key id (eight hexadecimal digits). */
export type KeyRing = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const publicKeySize = 32;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Returns the Ed25519 keys of a JSON Web Key Set (RFC 7517, RFC 8037); undefined if `text` is none or has none. */
export function parseKeyRing(text: string): KeyRing | undefined {
  const set = parseJson(text);
  if (!isObject(set) || !Array.isArray(set.keys))
    return undefined;
  const keys = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const key of set.keys as unknown[]) {
    if (!isObject(key) || key.kty !== 'OKP' || key.crv !== 'Ed25519' || typeof key.kid !== 'string'
        || typeof key.x !== 'string')
      continue;
    const bytes = decodeBase64Url(key.x);
    if (bytes?.length === publicKeySize)
      keys.set(key.kid, bytes);
  }
  return keys.size > 0 ? keys : undefined;
}

/** Returns what `text` holds as JSON, or undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
