/** Codes are public: never renamed, never reused. */
export type EvmErrorCode =
  | 'evm/malformed-data'
  | 'evm/malformed-address'
  | 'evm/malformed-result'
  | 'evm/malformed-time'
  | 'evm/unknown-type'
  | 'evm/value-out-of-range'
  | 'evm/missing-field'
  | 'evm/unsigned-field';

/** A refused input: hex, address, value, typed data or a node's answer that is not well formed. */
export class EvmError extends Error {
  override readonly name = 'EvmError';
  readonly code: EvmErrorCode;
  constructor(code: EvmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A value cut to a length that fits a message; the whole one may be attacker-controlled and long. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
