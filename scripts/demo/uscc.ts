// Completes a sample 统一社会信用代码 with its check character (GB 32100-2015, weights 3^i mod 31).
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

export function checkUsccDigit(stem: string): string {
  const clean = [...stem].map((letter) => (ALPHABET.includes(letter) ? letter : '0')).join('');
  let sum = 0;
  let weight = 1;
  for (const letter of clean) {
    sum += ALPHABET.indexOf(letter) * weight;
    weight = (weight * 3) % 31;
  }
  return `${clean}${ALPHABET[(31 - (sum % 31)) % 31]}`;
}
