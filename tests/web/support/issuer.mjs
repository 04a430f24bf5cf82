// An organisation that signs cards and revocations: the formats of docs/decisions/0016-cards-and-their-tokens.md,
// written a second time, with Node's own Ed25519, so that the page is not tested against itself.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

const secondsPerDay = 86_400;

export function dayOf(seconds) {
  return Math.floor(seconds / secondsPerDay);
}

/** Returns `bytes` in Base32 without padding. */
export function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return (bits.match(/.{1,5}/g) ?? []).map((five) => letters[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Returns `value` as unsigned LEB128. */
export function leb128(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n)
      return Buffer.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

export class Issuer {
  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.privateKey = privateKey;
    this.jwk = publicKey.export({ format: 'jwk' });
    this.publicKey = Buffer.from(this.jwk.x, 'base64url');
    // Any eight digits will do for verifiers; the server takes them from BLAKE2b.
    this.keyId = createHash('sha256').update(this.publicKey).digest('hex').slice(0, 8);
  }

  sign(...parts) {
    return sign(null, Buffer.concat(parts), this.privateKey);
  }

  /** Returns the key set as /.well-known/jwks.json has it, `others` included. */
  keySet(...others) {
    return JSON.stringify({
      keys: [this, ...others].map(({ keyId, jwk }) => (
        { kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA', kid: keyId, x: jwk.x })),
    });
  }

  /** Returns the bytes of a token. */
  tokenBytes({ version = 1, keyId = this.keyId, memberId = 123, epoch = 1, issueDay, expiryDay, template = 0 }) {
    const claims = Buffer.alloc(18);
    claims.writeUInt8(version, 0);
    claims.writeUInt32BE(parseInt(keyId, 16), 1);
    claims.writeUIntBE(memberId, 5, 6);
    claims.writeUInt16BE(epoch, 11);
    claims.writeUInt16BE(issueDay, 13);
    claims.writeUInt16BE(expiryDay, 15);
    claims.writeUInt8(template, 17);
    return Buffer.concat([claims, this.sign(Buffer.from('tessera card v1'), claims)]);
  }

  token(claims) {
    return base32(this.tokenBytes(claims));
  }

  /** Returns the list as /api/v1/revocations has it; entries are {memberId, revokedUpTo, currentEpoch}, sorted. */
  revocations(issuedAt, entries = []) {
    let before = 0;
    const list = Buffer.concat(entries.flatMap(({ memberId, revokedUpTo = 0, currentEpoch = 1 }) => {
      const step = memberId - before;
      before = memberId;
      return [leb128(step), leb128(revokedUpTo), leb128(currentEpoch)];
    }));
    const time = Buffer.alloc(8);
    time.writeBigInt64BE(BigInt(issuedAt));
    return JSON.stringify({
      version: 1,
      issued_at: issuedAt,
      count: entries.length,
      list: list.toString('base64url'),
      kid: this.keyId,
      signature: this.sign(Buffer.from('tessera revocations v1'), time, list).toString('base64url'),
    });
  }
}
