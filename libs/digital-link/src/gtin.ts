// Global Trade Item Numbers. GS1 General Specifications, §7.9 (check digit), §1.4 (prefixes).
import { DigitalLinkError, shown } from './errors.ts';

/** 14 digits, the last one right. Shorter numbers are the same number with zeros before it. */
export type Gtin14 = string & { readonly __gtin14: never };

/** The check digit of the digits before it: weights 3 and 1 from the right, to the next multiple of ten. */
export function checkDigit(digits: string): string {
  const sum = [...digits]
    .reverse()
    .reduce((sum, digit, at) => sum + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return String((10 - (sum % 10)) % 10);
}

/**
 * The 14 digits of a GTIN given with 8, 12, 13 or 14.
 * @throws DigitalLinkError `digital-link/malformed-gtin`, `digital-link/wrong-check-digit`, and
 *   `digital-link/restricted-gtin` for numbers that a shop or company gives to itself and others may use too
 */
export function checkGtin(gtin: string): Gtin14 {
  if (typeof gtin !== 'string' || !/^(\d{8}|\d{12,14})$/.test(gtin) || /^0+$/.test(gtin))
    throw new DigitalLinkError(
      'digital-link/malformed-gtin',
      `${shown(gtin)} is not a GTIN of 8, 12, 13 or 14 digits`,
    );
  const wanted = checkDigit(gtin.slice(0, -1));
  if (!gtin.endsWith(wanted))
    throw new DigitalLinkError(
      'digital-link/wrong-check-digit',
      `GTIN ${gtin} ends in ${gtin.slice(-1)}, its check digit is ${wanted}: a digit is mistyped`,
    );
  const gtin14 = gtin.padStart(14, '0');
  // prefixes 02, 04 and 20 to 29: restricted circulation, unique only inside one company or region
  if (gtin.length > 8 && /^.(02|04|2)/.test(gtin14))
    throw new DigitalLinkError(
      'digital-link/restricted-gtin',
      `GTIN ${gtin} has a prefix for use inside one company, others may have the same: use an own identifier`,
    );
  return gtin14 as Gtin14;
}
