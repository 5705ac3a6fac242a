import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { Transaction } from 'ethers';
import { Roles } from '../http/caller.ts';
import { RefusalError } from '../http/refusal.ts';
import { ChainService } from './chain.service.ts';
import { CONTRACT_NAMES, explainRevert } from './contracts.ts';
import { RpcRefused } from './json-rpc.ts';

export class RawTransaction {
  /** A signed transaction to one of the three contracts, 0x hex. */
  @IsString()
  @MaxLength(262_144)
  @Matches(/^0x([0-9a-f]{2})+$/, { message: 'must be 0x and pairs of lower-case hex digits' })
  raw: string;
}

export type RelayedTransaction = {
  readonly hash: string;
  readonly from: string;
  readonly status: 'mined' | 'failed' | 'sent';
  readonly block: string | null;
  /** Why it failed, in the contract's words. */
  readonly reason: string | null;
};

const RECEIPT_WAIT_MS = 3_000;

function refused(code: string, detail: string, remedy: string): RefusalError {
  return new RefusalError({ status: 400, code, detail, remedy, pointer: '/raw' });
}

/** Passes on what others signed with their own keys, for those who run no node. It adds no power: anyone can send. */
@ApiTags('chain')
@Controller('api/v1/transactions')
export class TransactionsController {
  constructor(private readonly chain: ChainService) {}

  @Post()
  @HttpCode(200)
  @Roles('body', 'registrar', 'exporter')
  @ApiOperation({ summary: 'Relay a signed transaction to one of the three contracts' })
  async relay(@Body() { raw }: RawTransaction): Promise<RelayedTransaction> {
    const transaction = this.readTransaction(raw);
    const hash = transaction.hash as string;
    try {
      await this.chain.rpc.call('eth_sendRawTransaction', [raw]);
    } catch (error) {
      if (!(error instanceof RpcRefused)) throw error;
      // the same bytes again are no mistake: tell what became of them
      if (!(await this.receiptOf(hash))) throw this.notTaken(error);
    }
    return this.outcome(hash, transaction);
  }

  private readTransaction(raw: string): Transaction {
    let transaction: Transaction;
    try {
      transaction = Transaction.from(raw);
    } catch {
      throw refused(
        'chain/malformed-transaction',
        'the bytes are no Ethereum transaction',
        'send the serialized signed transaction',
      );
    }
    if (!transaction.from)
      throw refused(
        'chain/unsigned-transaction',
        'the transaction has no signature',
        'sign it with your own key first',
      );
    if (transaction.chainId !== this.chain.facts.chainId)
      throw refused(
        'chain/other-chain-id',
        `the transaction is for chain ${transaction.chainId}, this is ${this.chain.facts.chainId}`,
        'sign it for this chain id',
      );
    const ours = CONTRACT_NAMES.map((name) => this.chain.address(name));
    if (transaction.to === null || !ours.includes(transaction.to))
      throw refused(
        'chain/other-contract',
        `the transaction goes to ${transaction.to ?? 'a new contract'}, none of ${ours.join(', ')}`,
        'only calls of the three contracts are relayed',
      );
    return transaction;
  }

  private notTaken(error: RpcRefused): RefusalError {
    return new RefusalError(
      {
        status: 409,
        code: 'chain/not-taken',
        detail: `the chain does not take it: ${error.message}`,
        remedy: 'check nonce, gas limit and fee; eth_getTransactionCount tells the next nonce',
      },
      { cause: error },
    );
  }

  private async receiptOf(hash: string): Promise<Record<string, string> | null> {
    return (await this.chain.rpc.call('eth_getTransactionReceipt', [hash])) as Record<string, string> | null;
  }

  private async outcome(hash: string, transaction: Transaction): Promise<RelayedTransaction> {
    const from = transaction.from as string;
    for (let waited = 0; ; waited += 250) {
      const receipt = await this.receiptOf(hash);
      if (receipt) {
        const mined = receipt.status === '0x1';
        const block = String(BigInt(receipt.blockNumber ?? 0));
        const reason = mined ? null : await this.reasonOf(transaction, receipt.blockNumber ?? 'latest');
        return { hash, from, status: mined ? 'mined' : 'failed', block, reason };
      }
      if (waited >= RECEIPT_WAIT_MS) return { hash, from, status: 'sent', block: null, reason: null };
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  private async reasonOf({ from, to, data }: Transaction, block: string): Promise<string> {
    try {
      await this.chain.rpc.call('eth_call', [{ from, to, data }, block]);
      return 'failed in its block';
    } catch (error) {
      return error instanceof RpcRefused ? explainRevert(error.data) : 'unknown';
    }
  }
}
