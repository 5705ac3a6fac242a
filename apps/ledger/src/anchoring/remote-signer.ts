// A signer behind HTTP: the ETH1 API of Web3Signer, which holds keys in an HSM, a cloud KMS or a vault.
//   GET  /api/v1/eth1/publicKeys       ["0x" and 128 hex digits: the public key without its 04]
//   POST /api/v1/eth1/sign/{key}       {"data": "0x…"} → 0x and 130 hex digits: r, s, v
// It hashes `data` with Keccak-256 itself, so the bytes of the unsigned transaction are sent, not their hash.
import { computeAddress, getAddress, recoverAddress, Signature, type Transaction } from 'ethers';
import { type FetchTarget, fetchTarget, hideSecrets } from '../chain/json-rpc.ts';
import type { ChainSigner } from './signer.ts';

const TIMEOUT_MS = 10_000;

/** Nothing was signed. The sender tries again; what it wrote down before stays true. */
export class SignerTrouble extends Error {
  override readonly name = 'SignerTrouble';
  readonly code: 'signer/unreachable' | 'signer/refused' | 'signer/no-such-key' | 'signer/wrong-signature';
  constructor(code: SignerTrouble['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export class RemoteSigner implements ChainSigner {
  readonly address: string;
  private readonly base: FetchTarget;
  private publicKey: string | null = null;

  constructor(
    url: string,
    address: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.base = fetchTarget(url);
    this.address = getAddress(address.toLowerCase());
  }

  /** @throws SignerTrouble, also when the signature is not one of this account over exactly this transaction */
  async sign(transaction: Transaction): Promise<Signature> {
    this.publicKey ??= await this.findKey();
    const data = transaction.unsignedSerialized;
    const answer = await this.ask(`/api/v1/eth1/sign/${this.publicKey}`, { data });
    // attacker-controlled: whoever sits between us and the signer could answer anything
    const found = readSignature(answer, transaction.unsignedHash);
    if (found?.signedBy === this.address) return found.signature;
    throw new SignerTrouble(
      'signer/wrong-signature',
      `the signer answered with ${found ? `a signature of ${found.signedBy}` : 'no signature'}, not one of ${this.address} over this transaction`,
    );
  }

  private async findKey(): Promise<string> {
    const answer = await this.ask('/api/v1/eth1/publicKeys');
    const keys = readKeys(answer);
    const key = keys.find((each) => addressOf(each) === this.address);
    if (!key)
      throw new SignerTrouble(
        'signer/no-such-key',
        `the signer holds ${keys.length} keys, none of them is that of ${this.address}`,
      );
    return key;
  }

  private async ask(path: string, body?: object): Promise<string> {
    const { address, headers } = this.base;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${address.replace(/\/+$/, '')}${path}`, {
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      text = await response.text();
    } catch (cause) {
      throw new SignerTrouble('signer/unreachable', `no answer from the signer at ${hideSecrets(address)}`, {
        cause,
      });
    }
    if (response.ok) return text.trim();
    // keys can change behind it: look for ours again
    this.publicKey = null;
    throw new SignerTrouble('signer/refused', `the signer answered ${response.status}`);
  }
}

/** Plain text by its description; some versions put it into quotes. Null when it is no signature. */
function readSignature(text: string, digest: string): { signature: Signature; signedBy: string } | null {
  const hex = text.replace(/^"(.*)"$/, '$1');
  if (!/^0x[0-9a-fA-F]{130}$/.test(hex)) return null;
  try {
    const signature = Signature.from(hex);
    return { signature, signedBy: recoverAddress(digest, signature) };
  } catch {
    return null;
  }
}

function readKeys(text: string): string[] {
  try {
    const keys: unknown = JSON.parse(text);
    return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

function addressOf(key: string): string | null {
  if (!/^0x(04)?[0-9a-fA-F]{128}$/.test(key)) return null;
  try {
    return computeAddress(`0x04${key.slice(-128)}`);
  } catch {
    return null;
  }
}
