import type { CardToken } from './token.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Returns the check character of `text` (digits and capital letters) by ISO/IEC 7064 MOD 37,36. */
export function checkCharacter(text: string): string {
  const modulus = alphabet.length;
  let product = modulus;
  for (const letter of text) {
    const sum = (product + alphabet.indexOf(letter)) % modulus || modulus;
    product = (sum * 2) % (modulus + 1);
  }
  return alphabet.charAt((modulus + 1 - product) % modulus);
}

/** Returns the number that stands on the card, e.g. "000123-01S-X". */
export function cardNumber(token: CardToken): string {
  const member = String(token.memberId).padStart(6, '0');
  const making = String(token.epoch).padStart(2, '0') + (token.template === 'premium' ? 'P' : 'S');
  return `${member}-${making}-${checkCharacter(member + making)}`;
}

/** Returns "MEM" and the member id padded to six digits. */
export function membershipNumber(token: CardToken): string {
  return 'MEM' + String(token.memberId).padStart(6, '0');
}
