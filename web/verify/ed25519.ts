import { hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

import type { SignatureCheck } from './judgement.ts';

hashes.sha512 = sha512;

/** Verifies with the browser where it can (WebCrypto, secure context, since about 2023-2025), else with `bundled`. */
export const verifySignature: SignatureCheck = async (publicKey, message, signature) => {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message);
  } catch {
    return verifyBundled(publicKey, message, signature);
  }
};

/** Verifies in JavaScript, strictly by RFC 8032, in some milliseconds. */
export const verifyBundled: SignatureCheck = async (publicKey, message, signature) => {
  try {
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // not a signature or not a key, by their form
  }
};
