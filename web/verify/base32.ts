const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Returns the bytes that `text` spells in Base32 (RFC 4648, section 6; capital letters, no padding). Undefined for
 * anything else, spare bits that are not 0 included: there is one text per byte string.
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let held = 0; // how many of the low bits of `bits` are not yet in `bytes`
  let length = 0;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0)
      return undefined;
    bits = ((bits << 5) | value) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes[length++] = (bits >> held) & 0xff;
    }
  }
  const spare = bits & ((1 << held) - 1);
  return held < 5 && spare === 0 ? bytes : undefined;
}
