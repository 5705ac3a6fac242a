import { SigningKey, Transaction, type TransactionLike } from 'ethers';

/** Signs a 32-byte digest: a key file here, a remote signer or a key store elsewhere. */
export interface ChainSigner {
  readonly address: string;
  sign(digest: string): Promise<{ r: string; s: string; v: number }>;
}

/** A key in memory, from a file of the data folder. */
export class KeyFileSigner implements ChainSigner {
  readonly address: string;
  private readonly key: SigningKey;

  constructor(keyFile: { readonly address: string; readonly secretKey: string }) {
    this.address = keyFile.address;
    this.key = new SigningKey(keyFile.secretKey);
  }

  async sign(digest: string): Promise<{ r: string; s: string; v: number }> {
    const { r, s, v } = this.key.sign(digest);
    return { r, s, v };
  }
}

export type SignedTransaction = { readonly hash: string; readonly raw: string };

/** The serialized EIP-1559 transaction and its hash. */
export async function signTransaction(
  signer: ChainSigner,
  fields: TransactionLike,
): Promise<SignedTransaction> {
  const transaction = Transaction.from({ ...fields, type: 2 });
  transaction.signature = await signer.sign(transaction.unsignedHash);
  return { hash: transaction.hash as string, raw: transaction.serialized };
}
