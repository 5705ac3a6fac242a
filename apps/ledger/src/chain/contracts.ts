// Our three contracts as ethers Interfaces, from the checked-in ABI and code.
import { Interface, type InterfaceAbi, type LogDescription } from 'ethers';
import type { ContractName } from './chain-facts.ts';
import generated from './contracts.generated.json' with { type: 'json' };

type Compiled = { readonly abi: InterfaceAbi; readonly bytecode: string };
const compiled = generated as unknown as Readonly<Record<ContractName, Compiled>>;

export const CONTRACT_NAMES: readonly ContractName[] = [
  'CheckpointAnchor',
  'BodyRegistry',
  'PassportRegistry',
];

export const CONTRACTS: Readonly<Record<ContractName, Interface>> = {
  CheckpointAnchor: new Interface(compiled.CheckpointAnchor.abi),
  BodyRegistry: new Interface(compiled.BodyRegistry.abi),
  PassportRegistry: new Interface(compiled.PassportRegistry.abi),
};

/** Code and constructor arguments, ready to deploy. */
export function creationCode(contract: ContractName, args: readonly unknown[]): string {
  const { bytecode } = compiled[contract];
  const code = bytecode.startsWith('0x') ? bytecode : `0x${bytecode}`;
  return code + CONTRACTS[contract].encodeDeploy(args).slice(2);
}

export type EventLog = {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
};

/** The event of a log line of this contract, or null when it is none of its own. */
export function readEvent(contract: ContractName, log: EventLog): LogDescription | null {
  return CONTRACTS[contract].parseLog({ topics: [...log.topics], data: log.data });
}

/** What a revert says: `NameOfError(values)`, the reason text, or the raw data. */
export function explainRevert(data: string | null): string {
  if (!data || data === '0x') return 'reverted without a reason';
  for (const name of CONTRACT_NAMES) {
    const error = CONTRACTS[name].parseError(data);
    if (error) return `${error.name}(${error.args.map(String).join(', ')})`;
  }
  return `reverted with ${data.slice(0, 74)}`;
}
