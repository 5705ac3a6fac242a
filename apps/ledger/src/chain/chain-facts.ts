export type ContractName = 'CheckpointAnchor' | 'BodyRegistry' | 'PassportRegistry';
export type ChainKind = 'test' | 'private' | 'public';

/** Fixed at first start; what a trust root holds. */
export type ChainFacts = {
  readonly chainId: bigint;
  /** Hash of block 0. */
  readonly genesis: string;
  readonly kind: ChainKind;
  /** Who runs it, for a private chain. */
  readonly operator: string | null;
  /** `codeHash`: keccak-256 of the deployed code. */
  readonly contracts: Readonly<Record<ContractName, { readonly address: string; readonly codeHash: string }>>;
  readonly logId: string;
  /** bytes32: salt of both EIP-712 domains. */
  readonly domainSalt: string;
};
