/** Readers of untrusted JSON: the typed value, or a refusal with the JSON pointer of what was seen. */
import { parseDecimal, QuantityError, type Rational } from '#lib/quantity';
import { HourlyError, type HourlyErrorCode } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

export class Shape {
  readonly #code: HourlyErrorCode;
  readonly #remedy: string;

  constructor(code: HourlyErrorCode, remedy: string) {
    this.#code = code;
    this.#remedy = remedy;
  }

  object(value: unknown, place: string, members: readonly string[]): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.refuse(place, 'an object', value);
    for (const key of Object.keys(value as object)) {
      if (!members.includes(key))
        this.refuse(
          `${place}/${key.slice(0, 60)}`,
          `left out: ${place || 'the document'} has only ${members.join(', ')}`,
          key,
        );
    }
    return value as Fields;
  }

  text(fields: Fields, key: string, place: string): string {
    const value = fields[key];
    if (typeof value !== 'string' || value.trim() === '' || value.length > 500)
      this.refuse(`${place}/${key}`, 'a text', value);
    return value as string;
  }

  oneOf<T extends string>(fields: Fields, key: string, place: string, allowed: readonly T[]): T {
    const found = allowed.find((each) => each === fields[key]);
    if (found === undefined) this.refuse(`${place}/${key}`, `one of ${allowed.join(', ')}`, fields[key]);
    return found as T;
  }

  decimal(value: unknown, place: string): Rational {
    if (typeof value !== 'string') this.refuse(place, 'a decimal string', value);
    try {
      return parseDecimal(value as string);
    } catch (cause) {
      if (cause instanceof QuantityError) return this.refuse(place, 'a decimal string', value, cause);
      throw cause;
    }
  }

  refuse(place: string, wanted: string, seen: unknown, cause?: unknown): never {
    const json = JSON.stringify(seen) ?? String(seen);
    throw new HourlyError(
      this.#code,
      place,
      `${place || 'the document'} must be ${wanted}, seen ${json.length > 80 ? `${json.slice(0, 77)}...` : json}`,
      this.#remedy,
      cause === undefined ? undefined : { cause },
    );
  }
}
