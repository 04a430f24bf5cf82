import type { Evidence, SignatureCheck } from './judgement.ts';
import { parseKeyRing, type KeyRing } from './key_ring.ts';
import { parseRevocations, type RevocationList } from './revocations.ts';

export const keysPath = '/.well-known/jwks.json';
export const revocationsPath = '/api/v1/revocations';

/** Texts kept on the device from one visit to the next. */
export interface KeptTexts {
  get(path: string): Promise<string | undefined>;
  put(path: string, text: string): Promise<void>;
}

/** Returns the text that the server has at `path`; rejects where it cannot be had. */
export type FetchText = (path: string) => Promise<string>;

/**
 * Returns what the server has, and where it cannot be reached what is kept. What is fetched is kept only once it has
 * proved to be sound, so that neither a captive portal's page nor a forged list drives out what was good; of two lists
 * the newer one counts, so that nobody can bring an old one back.
 */
export async function gatherEvidence(fetchText: FetchText, kept: KeptTexts, verify: SignatureCheck): Promise<Evidence> {
  const fetched = await Promise.all([keysPath, revocationsPath].map((path) => fetchText(path).catch(() => undefined)));
  const [keysText, listText] = fetched;

  const freshKeys = keysText === undefined ? undefined : parseKeyRing(keysText);
  if (freshKeys)
    await kept.put(keysPath, keysText!);
  const keys = freshKeys ?? parseKeyRing((await kept.get(keysPath)) ?? '');

  const freshList = await verifiedList(listText, keys, verify);
  const keptList = await verifiedList(await kept.get(revocationsPath), keys, verify);
  const newer = freshList && (!keptList || freshList.issuedAt >= keptList.issuedAt);
  if (newer)
    await kept.put(revocationsPath, listText!);
  return {
    keys,
    keysFresh: freshKeys !== undefined,
    revocations: newer ? freshList : keptList,
    revocationsFresh: freshList !== undefined,
  };
}

async function verifiedList(text: string | undefined, keys: KeyRing | undefined,
                            verify: SignatureCheck): Promise<RevocationList | undefined> {
  const list = text === undefined ? undefined : parseRevocations(text);
  const key = list && keys?.get(list.keyId);
  return key && (await verify(key, list.signedBytes, list.signature)) ? list : undefined;
}
