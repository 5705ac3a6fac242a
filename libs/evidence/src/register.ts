/**
 * Meter registers: energy = (end - start) × 倍率. A meter change inside the period gives two spans,
 * (old end - start) + (end - new start), under one multiplier.
 */
import { formatExact, multiply, parseDecimal, type Rational, subtract, sum, type Unit } from '#lib/quantity';
import type { Basis } from './activity.ts';

export interface Register {
  readonly start: string;
  readonly end: string;
  readonly multiplier: string;
  /** Last reading of the removed meter and first reading of the new one. */
  readonly change: { readonly oldEnd: string; readonly newStart: string } | null;
}

export type RegisterReading =
  | { readonly kind: 'read'; readonly value: string; readonly basis: Basis }
  /** A span whose end lies before its start: `from` and `to` are the readings seen. */
  | { readonly kind: 'backwards'; readonly from: string; readonly to: string }
  | { readonly kind: 'no-multiplier' };

/** The energy behind a register, exact, in the register's unit; numbers are decimal strings of zero or more. */
export function readRegister(register: Register, unit: Unit): RegisterReading {
  const multiplier = parseDecimal(register.multiplier);
  if (multiplier.n <= 0n) return { kind: 'no-multiplier' };
  const spans =
    register.change === null
      ? [{ from: register.start, to: register.end }]
      : [
          { from: register.start, to: register.change.oldEnd },
          { from: register.change.newStart, to: register.end },
        ];
  const lengths: Rational[] = [];
  for (const span of spans) {
    const length = subtract(parseDecimal(span.to), parseDecimal(span.from));
    if (length.n < 0n) return { kind: 'backwards', ...span };
    lengths.push(length);
  }
  const value = formatExact(multiply(sum(lengths), multiplier));
  return { kind: 'read', value, basis: { kind: 'register', unit, multiplier: register.multiplier, spans } };
}
