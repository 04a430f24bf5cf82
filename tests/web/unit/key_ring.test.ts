import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseKeyRing } from '../../../web/verify/key_ring.ts';
import { Issuer } from '../support/issuer.mjs';

test('all keys of a set are there by their ids', () => {
  const [one, two] = [new Issuer(), new Issuer()];
  const keys = parseKeyRing(one.keySet(two));
  assert.deepEqual([...keys!.keys()].sort(), [one.keyId, two.keyId].sort());
  assert.deepEqual(Buffer.from(keys!.get(two.keyId)!), two.publicKey);
});

test('keys of other kinds are passed over', () => {
  const issuer = new Issuer();
  const { keys } = JSON.parse(issuer.keySet());
  const others = [null, 7, {}, { kty: 'RSA', kid: 'a' }, { ...keys[0], crv: 'X25519' }, { ...keys[0], x: 'AAAA' },
                  { ...keys[0], kid: undefined }, { ...keys[0], x: 7 }];
  assert.deepEqual([...parseKeyRing(JSON.stringify({ keys: [...others, ...keys] }))!.keys()], [issuer.keyId]);
  assert.equal(parseKeyRing(JSON.stringify({ keys: others })), undefined);
});

test('what is no key set is none', () => {
  for (const text of ['', '<!doctype html>', 'null', '[]', '7', '{}', '{"keys":{}}', '{"keys":[]}'])
    assert.equal(parseKeyRing(text), undefined, text);
});
