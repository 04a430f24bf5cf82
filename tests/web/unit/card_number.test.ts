import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cardNumber, checkCharacter, membershipNumber } from '../../../web/verify/card_number.ts';
import { parseToken, type CardToken } from '../../../web/verify/token.ts';
import { Issuer } from '../support/issuer.mjs';

function card(claims: { memberId: number; epoch?: number; template?: number }): CardToken {
  return parseToken(new Issuer().token({ issueDay: 20_000, expiryDay: 20_365, ...claims }))!;
}

test('the check character is that of the standard: the Global Release Identifier of its manual', () => {
  assert.equal(checkCharacter('A12425GABC1234002'), 'M');
});

test('numbers are padded and carry the template', () => {
  assert.match(cardNumber(card({ memberId: 123 })), /^000123-01S-[0-9A-Z]$/);
  assert.match(cardNumber(card({ memberId: 1_234_567, epoch: 100, template: 1 })), /^1234567-100P-[0-9A-Z]$/);
  assert.equal(membershipNumber(card({ memberId: 123 })), 'MEM000123');
  assert.equal(membershipNumber(card({ memberId: 12_345_678 })), 'MEM12345678');
});

test('the check character is over all before it without the hyphens', () => {
  assert.equal(cardNumber(card({ memberId: 123 })), `000123-01S-${checkCharacter('00012301S')}`);
});

test('every slip in one character changes the check character', () => {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const right = '00012301S';
  for (let at = 0; at < right.length; ++at)
    for (const letter of alphabet)
      if (letter !== right[at])
        assert.notEqual(checkCharacter(right.slice(0, at) + letter + right.slice(at + 1)), checkCharacter(right));
});
