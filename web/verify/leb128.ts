/** Reads unsigned LEB128 numbers (DWARF 5, section 7.6) from the front of a byte string. */
export class Leb128Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /**
   * Returns the next number; undefined if the bytes end within it, it has more of them than it takes, or it is above
   * 2^53 - 1.
   */
  next(): number | undefined {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined)
        return undefined;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80)
        return value <= Number.MAX_SAFE_INTEGER && (byte !== 0 || scale === 1) ? value : undefined;
    }
    return undefined;
  }
}
