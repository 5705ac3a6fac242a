export type ChainRefusalCode =
  | 'chain/journal-damaged'
  | 'chain/settings-differ'
  | 'chain/replay-differs'
  | 'chain/journal-shared'
  | 'chain/not-written'
  | 'chain/stopping';

/** Why the chain does not start, or why it stops: the code is permanent, the message holds values and remedy. */
export class ChainRefusal extends Error {
  override readonly name = 'ChainRefusal';
  readonly code: ChainRefusalCode;
  constructor(code: ChainRefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
