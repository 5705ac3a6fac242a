import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { formatTime } from '#lib/evm';
import { AnchorsService } from '../anchoring/anchors.service.ts';
import { SenderService, type SentTransaction } from '../anchoring/sender.service.ts';
import { notFound } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { BundleService } from './bundle.service.ts';
import { type DisclosureProfile, Passport } from './passport.entity.ts';

/** How far a passport has come; `failed`: the contract refused the mint. */
export type PassportState = 'recorded' | 'mint-sent' | 'minted' | 'anchored' | 'failed';

export type PassportView = {
  readonly uuid: string;
  readonly release: string;
  readonly tokenId: string;
  readonly state: PassportState;
  readonly content: string;
  readonly code: string;
  readonly url: string;
  readonly disclosure: DisclosureProfile;
  readonly items: number | null;
  readonly mint: null | {
    readonly txHash: string | null;
    readonly block: string | null;
    readonly gasUsed: string | null;
    readonly error: string | null;
    /** False while a reorganisation may still take it back. */
    readonly isFinal: boolean;
  };
  /** The first head on chain that covers the credential's entry. */
  readonly anchor: null | {
    readonly txHash: string;
    readonly block: string;
    readonly time: string;
    readonly size: string;
    readonly gasUsed: string | null;
    readonly isFinal: boolean;
  };
};

/** Releases as their exporter sees them. */
@Injectable()
export class PassportViewsService {
  constructor(
    @InjectRepository(Passport) private readonly rows: Repository<Passport>,
    private readonly sender: SenderService,
    private readonly anchors: AnchorsService,
    private readonly proofs: ProofsService,
    private readonly bundles: BundleService,
    private readonly installation: Installation,
  ) {}

  /** @throws RefusalError 404 for what is not there or not theirs */
  async find(organisation: string, release: string): Promise<Passport> {
    const row = await this.rows.findOneBy({ organisation, release });
    if (!row) throw notFound('passport');
    return row;
  }

  async list(organisation: string): Promise<PassportView[]> {
    const rows = await this.rows.find({ where: { organisation }, order: { issuedAt: 'DESC' }, take: 200 });
    return Promise.all(rows.map((row) => this.view(row)));
  }

  async view(row: Passport): Promise<PassportView> {
    const { id: uuid, release, tokenId, content, code, disclosure, itemCount } = row;
    const mint = await this.sender.find(row.transaction);
    const anchor = await this.anchorOf(row);
    return {
      uuid,
      release,
      tokenId,
      state: stateOf(mint, anchor !== null),
      content,
      code,
      url: `${this.installation.publicUrl}/passports/${release}`,
      disclosure,
      items: itemCount,
      mint: mint && {
        txHash: mint.hash,
        block: text(mint.block),
        gasUsed: text(mint.gasUsed),
        error: mint.error,
        isFinal: mint.finalAt !== null,
      },
      anchor,
    };
  }

  /** Serials of own items, in the order of the item tree. */
  async serials(row: Passport, from: number, count: number): Promise<{ serials: string[]; total: number }> {
    const items = await this.bundles.itemsOf(row);
    return {
      serials: items?.slice(from, from + count).map(({ serial }) => serial) ?? [],
      total: items?.count ?? 0,
    };
  }

  private async anchorOf(row: Passport): Promise<PassportView['anchor']> {
    const [entry] = await this.proofs.entriesByContent([row.credentialContent]);
    const head = entry && (await this.anchors.firstCovering(entry.index));
    if (!head) return null;
    const { txHash, block, time, size, gasUsed } = head;
    const sent = await this.sender.findByHash(txHash);
    return {
      txHash,
      block: String(block),
      time: formatTime(time),
      size: String(size),
      gasUsed: text(gasUsed),
      isFinal: sent?.state === 'final',
    };
  }
}

const text = (value: bigint | null): string | null => (value === null ? null : String(value));

function stateOf(mint: SentTransaction | null, isAnchored: boolean): PassportState {
  switch (mint?.state) {
    case 'failed':
      return 'failed';
    case 'mined':
    case 'final':
      return isAnchored ? 'anchored' : 'minted';
    case 'broadcast':
      return 'mint-sent';
    default:
      return 'recorded';
  }
}
