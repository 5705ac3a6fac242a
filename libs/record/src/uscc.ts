// 统一社会信用代码, the unified social credit identifier of organisations in China (GB 32100-2015).
import { RecordError, shown } from './errors.ts';

/** Values 0 to 30 (table 1); I, O, S, V and Z are left out because they look like digits or each other. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const MODULUS = 31;

/**
 * 18 characters: registrar, category, six digits of the administrative division, nine of the organisation, one
 * check character. Throws `record/malformed-uscc` or `record/uscc-check-digit`. It says nothing about whether the
 * code was ever given out. `pointer` is where it stands, for the message.
 */
export function checkUscc(uscc: string, pointer = ''): void {
  if (!/^[0-9A-HJ-NP-RT-UW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RT-UW-Y]{10}$/.test(uscc)) {
    const message = `${shown(uscc)} is not a unified social credit identifier; write its 18 digits and capital letters`;
    throw new RecordError('record/malformed-uscc', pointer, message);
  }
  const wanted = usccCheckCharacter(uscc.slice(0, 17));
  if (wanted !== uscc[17]) {
    const message = `${shown(uscc)} has the check character ${uscc[17]}, its other 17 give ${wanted}; compare it with the business licence`;
    throw new RecordError('record/uscc-check-digit', pointer, message);
  }
}

/** C18 = 31 − (Σ Ci × 3^(i−1) mod 31), and 31 stands as 0 (annex B: weights 1, 3, 9, 27, 19, …). */
export function usccCheckCharacter(first17: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % MODULUS;
  }
  return ALPHABET[(MODULUS - (sum % MODULUS)) % MODULUS]!;
}
