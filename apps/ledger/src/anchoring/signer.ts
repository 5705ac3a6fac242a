// Who signs the service's transactions: a key file of the data folder, or a remote signer that keeps the key elsewhere.
import { type Signature, SigningKey, Transaction, type TransactionLike } from 'ethers';
import type { Config } from '../config.ts';
import type { Installation } from '../installation/installation.ts';
import { RemoteSigner } from './remote-signer.ts';

/** Signs whole transactions of one account. */
export interface ChainSigner {
  /** 0x, checksummed. */
  readonly address: string;
  /** @throws SignerTrouble when a remote one does not sign */
  sign(transaction: Transaction): Promise<Signature>;
}

/** A key in memory, from a file of the data folder. */
export class KeyFileSigner implements ChainSigner {
  readonly address: string;
  private readonly key: SigningKey;

  constructor(keyFile: { readonly address: string; readonly secretKey: string }) {
    this.address = keyFile.address;
    this.key = new SigningKey(keyFile.secretKey);
  }

  async sign(transaction: Transaction): Promise<Signature> {
    return this.key.sign(transaction.unsignedHash);
  }
}

/** The signer of the settings; the key file when none is named. */
export function openSigner(config: Config, installation: Installation): ChainSigner {
  return config.signerUrl && config.signerAddress
    ? new RemoteSigner(config.signerUrl, config.signerAddress)
    : new KeyFileSigner(installation.chainOperator);
}

export type SignedTransaction = { readonly hash: string; readonly raw: string };

/** The serialized EIP-1559 transaction and its hash. @throws SignerTrouble */
export async function signTransaction(
  signer: ChainSigner,
  fields: TransactionLike,
): Promise<SignedTransaction> {
  const transaction = Transaction.from({ ...fields, type: 2 });
  transaction.signature = await signer.sign(transaction);
  return { hash: transaction.hash as string, raw: transaction.serialized };
}
