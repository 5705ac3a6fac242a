// Signatures of bodies whose address is a contract (ERC-1271). The registry asks once more at mint; its answer counts.
import { AbiCoder } from 'ethers';
import { formatData } from '#lib/evm';
import type { ChainService } from '../chain/chain.service.ts';

const MAGIC = '0x1626ba7e';

export async function isContract(chain: ChainService, address: string): Promise<boolean> {
  const code = String(await chain.rpc.call('eth_getCode', [address, 'latest']));
  return code !== '0x';
}

/** `isValidSignature(bytes32,bytes)` answers its own selector when the wallet takes the signature. */
export async function walletAccepts(
  chain: ChainService,
  wallet: string,
  digest: Uint8Array,
  signature: string,
): Promise<boolean> {
  const words = AbiCoder.defaultAbiCoder().encode(['bytes32', 'bytes'], [formatData(digest), signature]);
  try {
    const answer = String(
      await chain.rpc.call('eth_call', [{ to: wallet, data: MAGIC + words.slice(2) }, 'latest']),
    );
    return answer.slice(0, 10) === MAGIC;
  } catch {
    // a wallet that reverts has not accepted
    return false;
  }
}
