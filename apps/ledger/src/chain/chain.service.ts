import { Injectable } from '@nestjs/common';

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
  readonly contracts: Readonly<Record<ContractName, { readonly address: string; readonly codeHash: string }>>;
  readonly logId: string;
  /** bytes32: salt of both EIP-712 domains. */
  readonly domainSalt: string;
};

/** Reads of our contracts. Writes go through SenderService. */
@Injectable()
export class ChainService {
  get facts(): ChainFacts {
    throw new Error('not built yet');
  }

  /** `eth_call` of a view; results as ethers decodes them (bigint, 0x hex, checksummed addresses, structs as arrays with names). */
  read(
    _contract: ContractName,
    _view: string,
    _args: readonly unknown[],
    _block?: string,
  ): Promise<readonly unknown[]> {
    throw new Error('not built yet');
  }

  /** Calldata of a function. */
  encode(_contract: ContractName, _function: string, _args: readonly unknown[]): string {
    throw new Error('not built yet');
  }

  address(_contract: ContractName): string {
    throw new Error('not built yet');
  }
}
