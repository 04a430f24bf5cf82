/**
 * Returns the bytes that `text` spells in base64url (RFC 4648, section 5) without padding, or undefined if it does not
 * spell any.
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1)
    return undefined;
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; ++at)
    bytes[at] = binary.charCodeAt(at);
  return bytes;
}
