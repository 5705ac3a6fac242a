/** A claim such as "30 % apart, 300 MWh saved": percent of what is not said, and each reading is another factory. */
import {
  add,
  convert,
  dimensionOf,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  type Quantity,
  QuantityError,
  type Rational,
  subtract,
} from '#lib/quantity';
import { FactorsError } from './errors.ts';

export interface SavingReading {
  /** Whose consumption is a hundred percent. */
  readonly base: 'better' | 'worse';
  /** kWh, no decimals. */
  readonly better: string;
  readonly worse: string;
  /** The saving in percent of what the worse line used, 1 decimal. */
  readonly savingPercent: string;
}

/**
 * Both readings of a difference between two lines and the energy saved by it. Only the energies of both lines decide.
 * @throws {FactorsError} factors/malformed-claim with the pointer
 */
export function explainSaving(percent: string, saved: Quantity): readonly SavingReading[] {
  const share = divide(positive(percent, '/percent'), HUNDRED);
  if (dimensionOf(saved.unit) !== 'energy') throw malformed('/saved/unit', `${saved.unit} is no energy`);
  const kWh = convert(positive(saved.value, '/saved/value'), saved.unit, 'kWh');
  const base = divide(kWh, share);
  const reading = (name: SavingReading['base'], better: Rational, worse: Rational): SavingReading => ({
    base: name,
    better: formatDecimal(better, 0),
    worse: formatDecimal(worse, 0),
    savingPercent: formatDecimal(divide(multiply(kWh, HUNDRED), worse), 1),
  });
  return [reading('better', base, add(base, kWh)), reading('worse', subtract(base, kWh), base)];
}

const HUNDRED: Rational = { n: 100n, d: 1n };

function positive(value: string, place: string): Rational {
  try {
    const number = parseDecimal(value);
    if (number.n > 0n) return number;
  } catch (cause) {
    if (cause instanceof QuantityError) throw malformed(place, cause.message, { cause });
    throw cause;
  }
  throw malformed(place, `${value} is not above zero`);
}

const malformed = (place: string, message: string, options?: ErrorOptions): FactorsError =>
  new FactorsError(
    'factors/malformed-claim',
    place,
    message,
    'state the percent and the energy saved',
    options,
  );
