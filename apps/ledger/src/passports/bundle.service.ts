import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ContentId, canonicalize, isContentId } from '#lib/canonical';
import { formatPath, parsePath } from '#lib/digital-link';
import {
  type Bundle,
  type BundleDocument,
  type BundleEntry,
  type BundleHead,
  formatBundle,
} from '#lib/verification';
import { type AnchoredHead, AnchorsService } from '../anchoring/anchors.service.ts';
import { ChainService } from '../chain/chain.service.ts';
import { formatTime } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import { notFound } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { type LogHead, ProofsService, type RecordedEntry } from '../log/proofs.service.ts';
import { textAt, valueAt } from '../pages/lookup.ts';
import { publicCopy } from './disclosure-profile.ts';
import { type Item, Items } from './items.ts';
import type { Passport } from './passport.entity.ts';

/** Bundles are put together from the ordinary stores at each request; a burst of scans shares one for this long. */
const SHARED_MS = 1_000;
const MAX_SHARED = 200;
/** Proofs kept in memory: of an entry in a head on chain they never change. About 700 bytes each. */
const MAX_PROOFS = 20_000;

/** Puts together what a checker needs, docs/formats/bundle.md. */
@Injectable()
export class BundleService {
  private readonly shared = new Map<string, { readonly until: number; readonly text: Promise<string> }>();

  private readonly known = new Map<string, readonly Uint8Array[]>();

  constructor(
    private readonly database: DataSource,
    private readonly documents: DocumentsService,
    private readonly proofs: ProofsService,
    private readonly anchors: AnchorsService,
    private readonly chain: ChainService,
    private readonly installation: Installation,
  ) {}

  /** The bundle's canonical text. @throws RefusalError 404 for a serial that is not of this batch */
  async text(row: Passport, serial: string | null): Promise<string> {
    const key = `${row.release}/${serial ?? ''}`;
    const now = performance.now();
    const found = this.shared.get(key);
    if (found && found.until > now) return found.text;
    const text = this.assemble(row, serial).then((bundle) => canonicalize(formatBundle(bundle)));
    this.shared.delete(key);
    this.shared.set(key, { until: now + SHARED_MS, text });
    for (const old of this.shared.keys()) {
      if (this.shared.size <= MAX_SHARED) break;
      this.shared.delete(old);
    }
    text.catch(() => this.shared.delete(key));
    return text;
  }

  /** The item with this serial. @throws RefusalError 404 */
  async item(row: Passport, serial: string): Promise<{ readonly item: Item; readonly items: Items }> {
    const items = await this.itemsOf(row);
    const item = items?.find(serial);
    if (!items || !item) throw notFound('item with this serial');
    return { item, items };
  }

  async itemsOf(row: Passport): Promise<Items | null> {
    if (row.itemCount === null) return null;
    const [found] = (await this.database.query('select items from passport where id = $1', [row.id])) as {
      items: Buffer;
    }[];
    return found ? new Items(new Uint8Array(found.items)) : null;
  }

  private async assemble(row: Passport, serial: string | null): Promise<Bundle> {
    const found = serial === null ? null : await this.item(row, serial);
    const head = await this.proofs.head();
    if (!head) throw new Error('a passport exists, but the log has no head');
    const documents = await this.documentsOf(row);
    const recorded = (await this.proofs.entriesByContent([...row.documents, row.credentialContent])).filter(
      // an entry behind the published head has no proof yet
      ({ index }) => index < head.size,
    );
    const { heads, entries } = await this.proveAll(recorded, head);
    const { item, items } = found ?? {};
    return {
      code: serial === null ? row.code : formatPath({ ...parsePath(row.code), serial }),
      release: row.release,
      coordinates: this.coordinates(),
      credential: row.credential.toString('ascii'),
      documents,
      heads,
      entries,
      checkpoint: head.checkpoint,
      consistency: await this.connect(heads, head),
      item:
        item && items
          ? {
              serial: item.serial,
              salt: item.salt,
              index: BigInt(item.index),
              proof: items.prove(item.index),
            }
          : null,
      registrations: await this.registrationsOf(row),
    };
  }

  private coordinates(): Bundle['coordinates'] {
    const { chainId, genesis, contracts, logId } = this.chain.facts;
    return {
      chainId: String(chainId),
      genesis,
      anchor: contracts.CheckpointAnchor.address,
      bodies: contracts.BodyRegistry.address,
      registry: contracts.PassportRegistry.address,
      logId,
      origin: this.installation.origin,
    };
  }

  private async documentsOf(row: Passport): Promise<BundleDocument[]> {
    const ids = row.documents.filter((id) => isContentId(id)) as ContentId[];
    const stored = await this.documents.loadMany(ids);
    const here = new Map(stored.map((document) => [document.id, document]));
    const copies: BundleDocument[] = [];
    for (const id of ids) {
      const document = here.get(id);
      if (document) copies.push({ id, type: document.type, ...publicCopy(document, row.disclosure) });
      else copies.push(...(await this.erasedOf(id)));
    }
    return copies;
  }

  /** A removed text leaves its day; one that was never here leaves nothing, and the checker says what is missing. */
  private async erasedOf(id: ContentId): Promise<BundleDocument[]> {
    const [row] = (await this.database.query('select type, erased_at from document where id = $1', [id])) as {
      type: string;
      erased_at: Date | null;
    }[];
    return row?.erased_at ? [{ id, type: row.type, erased: formatTime(row.erased_at) }] : [];
  }

  /** Each entry's proof into the first head on chain that covers it, else into the checkpoint. */
  private async proveAll(
    recorded: readonly RecordedEntry[],
    head: LogHead,
  ): Promise<{ heads: BundleHead[]; entries: BundleEntry[] }> {
    const heads: AnchoredHead[] = [];
    const places = new Map<bigint, number | null>();
    // in log order, so the head that covers the last entry is the first to ask about the next
    for (const { index } of recorded) {
      let covering = heads.at(-1);
      if (!covering || covering.size <= index) {
        const next = await this.anchors.firstCovering(index);
        covering = next && next.size <= head.size ? next : undefined;
        if (covering) heads.push(covering);
      }
      places.set(index, covering ? heads.length - 1 : null);
    }
    const entries = await Promise.all(
      recorded.map(async ({ index, bytes }) => {
        const place = places.get(index) ?? null;
        const size = place === null ? head.size : (heads[place] as AnchoredHead).size;
        const proof =
          place === null ? await this.proofs.inclusion(index, size) : await this.lastingProof(index, size);
        return { entry: Buffer.from(bytes).toString('utf8'), index, head: place, proof };
      }),
    );
    return {
      heads: heads.map(({ sequence, size, root, block, time }) => ({ sequence, size, root, block, time })),
      entries,
    };
  }

  private async lastingProof(index: bigint, size: bigint): Promise<readonly Uint8Array[]> {
    const key = `${index}/${size}`;
    const known = this.known.get(key);
    if (known) return known;
    const proof = await this.proofs.inclusion(index, size);
    if (this.known.size >= MAX_PROOFS) this.known.clear();
    this.known.set(key, proof);
    return proof;
  }

  /** Consistency from each head to the next, and from the last one to the checkpoint. */
  private async connect(heads: readonly BundleHead[], head: LogHead): Promise<Bundle['consistency']> {
    const sizes = [...heads.map(({ size }) => size), head.size];
    const proofs: { from: bigint; to: bigint; proof: readonly Uint8Array[] }[] = [];
    for (let at = 1; at < sizes.length; at++) {
      const [from, to] = [sizes[at - 1] as bigint, sizes[at] as bigint];
      if (from < to) proofs.push({ from, to, proof: await this.proofs.consistency(from, to) });
    }
    return proofs;
  }

  /**
   * Which registration the token names: what the chain says once it is minted; until then, or if it never is, the one that
   * held when the passport was issued. An opinion without any would read as one that somebody took it away from.
   */
  private async registrationsOf(row: Passport): Promise<Bundle['registrations']> {
    if (row.opinion === null) return [];
    const [found] = await this.chain.read('PassportRegistry', 'passport', [BigInt(row.tokenId)]);
    const { issuer, body, registrar, registrationIndex } = found as {
      issuer: string;
      body: string;
      registrar: string;
      registrationIndex: bigint;
    };
    return BigInt(issuer) === 0n
      ? this.expectedRegistration(row)
      : [{ registrar, body, index: registrationIndex }];
  }

  private async expectedRegistration(row: Passport): Promise<Bundle['registrations']> {
    const stored = await this.documents.load(row.content as ContentId);
    const opinion = stored && !('erased' in stored) ? valueAt(stored.doc, 'opinion') : undefined;
    const [registrar, body] = [textAt(opinion, 'registrar'), textAt(opinion, 'body')];
    // a text changed in the store: the checker says so
    if (![registrar, body].every((address) => /^0x[0-9a-fA-F]{40}$/.test(address))) return [];
    const issued = BigInt(Math.floor(row.issuedAt.getTime() / 1000));
    const [, index] = await this.chain.read('BodyRegistry', 'findRegistration', [
      registrar.toLowerCase(),
      body.toLowerCase(),
      issued,
    ]);
    return [{ registrar, body, index: index as bigint }];
  }
}
