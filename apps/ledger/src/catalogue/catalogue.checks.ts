// What a shape cannot say: checks over the values of catalogue facts. Domain rules of codes and units are the rooms'.
import { checkGtin, DigitalLinkError, type Gtin14 } from '#lib/digital-link';
import { compare, dimensionOf, parseDecimal, requireUnit, type Unit, ZERO } from '#lib/quantity';
import { RefusalError } from '../http/refusal.ts';

function refused(code: string, detail: string, remedy: string, pointer: string): RefusalError {
  return new RefusalError({ status: 400, code, detail, remedy, pointer });
}

export function requireName(names: { zh?: string; en?: string }, pointer: string): void {
  if (names.zh === undefined && names.en === undefined)
    throw refused(
      'catalogue/no-name',
      'neither a Chinese nor an English name',
      'give names.zh, names.en or both',
      pointer,
    );
}

/** 8 to 14 digits to the 14 of GS1, its check digit right. @throws RefusalError `digital-link/…` */
export function readGtin(gtin: string): Gtin14 {
  try {
    return checkGtin(gtin);
  } catch (error) {
    if (!(error instanceof DigitalLinkError)) throw error;
    const remedy = 'compare the digits under the barcode; the last one is the check digit';
    throw new RefusalError(
      { status: 400, code: error.code, detail: error.message, remedy, pointer: '/gtin' },
      { cause: error },
    );
  }
}

/** A unit we know. @throws QuantityError */
export function readUnitAt(unit: string, pointer: string): Unit {
  try {
    return requireUnit(unit);
  } catch (cause) {
    throw new RefusalError(
      {
        status: 400,
        code: 'quantity/unknown-unit',
        detail: `${JSON.stringify(unit)} is not a unit known here`,
        remedy:
          'use piece, g, kg, t, m, m2, m3, kWh, MWh or another unit of the list in docs/formats/footprint.md',
        pointer,
      },
      { cause },
    );
  }
}

export function requirePositive(value: string, pointer: string): void {
  if (compare(parseDecimal(value), ZERO) <= 0)
    throw refused(
      'catalogue/not-positive',
      `${value} is not above zero`,
      'give the amount that was made or weighed',
      pointer,
    );
}

export function requireMass(value: string, unit: string, pointer: string): void {
  if (dimensionOf(readUnitAt(unit, `${pointer}/unit`)) !== 'mass')
    throw refused(
      'catalogue/not-a-mass',
      `${unit} is no unit of mass`,
      'weigh it: use g or kg',
      `${pointer}/unit`,
    );
  requirePositive(value, `${pointer}/value`);
}
