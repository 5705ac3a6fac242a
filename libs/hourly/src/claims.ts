/** Each certificate, voucher, bill and kilowatt hour is used once. Earlier uses come in, so that two years or two products cannot share one. */
import { HourlyError } from './errors.ts';

export type ClaimKind = 'certificate' | 'voucher' | 'bill';

export interface Claim {
  readonly kind: ClaimKind;
  readonly id: string;
  /** JSON pointer within this input, or the name of an earlier record. */
  readonly place: string;
}

export class Claims {
  readonly #places = new Map<string, string>();

  constructor(earlier: readonly Claim[] = []) {
    for (const { kind, id, place } of earlier) this.#places.set(key(kind, id), place);
  }

  /** @throws {HourlyError} hourly/used-twice with both places */
  use(kind: ClaimKind, id: string, place: string): void {
    const name = key(kind, id);
    if (name.endsWith('\n')) {
      throw new HourlyError(
        'hourly/malformed-input',
        place,
        `a ${kind} without a number`,
        'write its number',
      );
    }
    const before = this.#places.get(name);
    if (before !== undefined) {
      throw new HourlyError(
        'hourly/used-twice',
        place,
        `${kind} ${id} is used at ${before} and again at ${place}`,
        'leave it in one place only',
      );
    }
    this.#places.set(name, place);
  }
}

/** Numbers are compared as people read them: width, case and blanks make no second certificate. */
const key = (kind: ClaimKind, id: string): string =>
  `${kind}\n${id.normalize('NFKC').replace(/\s+/g, '').toUpperCase()}`;
