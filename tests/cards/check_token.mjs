// Verifies a card's token, JWT and revocations with nothing of ours: Node's own Ed25519, and npm's jose for the JWT if
// it is installed where this runs. Reads {"token", "jwt", "jwks", "revocations"?, "expected"?} from the file that is its
// argument, or from standard input, prints what they claim, and exits with 1 if anything does not verify or is not as
// expected.

import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const tokenLength = 132;
const signedLength = 18;

function decodeBase32(text) {
  const bits = [...text].map((c) => {
    const value = base32Alphabet.indexOf(c);
    assert(value >= 0, `no Base32: ${c}`);
    return value.toString(2).padStart(5, "0");
  });
  const bytes = bits.join("").match(/.{8}/g);
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}

function publicKey(jwks, kid) {
  const jwk = jwks.keys.find((key) => key.kid === kid);
  assert(jwk, `unknown key ${kid}`);
  // SubjectPublicKeyInfo of Ed25519 (RFC 8410, section 4) around the raw key.
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(jwk.x, "base64url")]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

function dayText(days) {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

function readToken(text, jwks) {
  assert.equal(text.length, tokenLength);
  const bytes = decodeBase32(text);
  assert.equal(bytes.length, 82);
  assert.equal(bytes[0], 1, "version");
  const key = publicKey(jwks, bytes.subarray(1, 5).toString("hex"));
  const message = Buffer.concat([Buffer.from("tessera card v1"), bytes.subarray(0, signedLength)]);
  assert(verify(null, message, key, bytes.subarray(signedLength)), "the token's signature does not fit");
  return {
    member_id: bytes.readUIntBE(5, 6),
    epoch: bytes.readUInt16BE(11),
    issued: dayText(bytes.readUInt16BE(13)),
    expires: dayText(bytes.readUInt16BE(15)),
    template: ["standard", "premium"][bytes[17]],
  };
}

function readJwt(text, jwks) {
  const [header, claims, signature] = text.split(".");
  const { alg, typ, kid } = JSON.parse(Buffer.from(header, "base64url"));
  assert.deepEqual([alg, typ], ["EdDSA", "JWT"]);
  const signed = verify(null, Buffer.from(`${header}.${claims}`), publicKey(jwks, kid), Buffer.from(signature, "base64url"));
  assert(signed, "the JWT's signature does not fit");
  return JSON.parse(Buffer.from(claims, "base64url"));
}

// Returns whether jose was there to verify.
async function verifyWithJose(text, jwks, claims) {
  let jose;
  try {
    const path = createRequire(`${process.cwd()}/`).resolve("jose");
    jose = await import(pathToFileURL(path));
  } catch {
    return false;
  }
  const currentDate = new Date(claims.iat * 1000);
  const { payload } = await jose.jwtVerify(text, jose.createLocalJWKSet(jwks), {
    algorithms: ["EdDSA"],
    typ: "JWT",
    currentDate,
  });
  assert.deepEqual(payload, claims);
  return true;
}

function readRevocations(list, jwks) {
  const bytes = Buffer.from(list.list, "base64url");
  const issuedAt = Buffer.alloc(8);
  issuedAt.writeBigUInt64BE(BigInt(list.issued_at));
  const message = Buffer.concat([Buffer.from("tessera revocations v1"), issuedAt, bytes]);
  const signature = Buffer.from(list.signature, "base64url");
  assert(verify(null, message, publicKey(jwks, list.kid), signature), "the list's signature does not fit");
  let at = 0;
  const take = () => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = bytes[at++];
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
  };
  const entries = [];
  for (let member = 0; at < bytes.length; ) entries.push([(member += take()), take(), take()]);
  assert.equal(entries.length, list.count);
  return entries;
}

const input = JSON.parse(readFileSync(process.argv[2] ?? 0, "utf8"));
const { jwks, expected } = input;
const token = readToken(input.token, jwks);
const jwt = readJwt(input.jwt, jwks);
const jose = await verifyWithJose(input.jwt, jwks, jwt);
assert.deepEqual([jwt.epoch, jwt.template, jwt.sub], [token.epoch, token.template, `MEM${String(token.member_id).padStart(6, "0")}`]);
assert.deepEqual([dayText(jwt.iat / 86_400), dayText(jwt.exp / 86_400 - 1)], [token.issued, token.expires]);
const revoked = input.revocations && readRevocations(input.revocations, jwks);
if (expected) assert.deepEqual({ ...token, card_number: jwt.card_number, card_id: jwt.jti, revoked }, expected);
console.log(JSON.stringify({ token, jwt, revoked, jose }));
