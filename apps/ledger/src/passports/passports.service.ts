import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { type ContentId, contentId, toHex, utf8 } from '#lib/canonical';
import { formatPath, type Gtin14 } from '#lib/digital-link';
import { formatTime } from '#lib/evm';
import {
  checkOpinionAgainst,
  type OpinionDocument,
  type PassportFacts,
  textWord,
  tokenIdOf,
} from '#lib/opinion';
import { issueCredential, projectDpp } from '#lib/passport';
import {
  type BatchDocument,
  type EntryRef,
  entryBytes,
  type FacilityDocument,
  type FootprintDocument,
  makeEntry,
  type PassportDocument,
  type ProductDocument,
  type RegistrationDocument,
} from '#lib/record';
import type { Batch } from '../catalogue/batch.entity.ts';
import { BatchesService } from '../catalogue/batches.service.ts';
import { FacilitiesService } from '../catalogue/facilities.service.ts';
import { ProductsService } from '../catalogue/products.service.ts';
import { ChainService } from '../chain/chain.service.ts';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { Footprint } from '../footprints/footprint.entity.ts';
import { FootprintsService } from '../footprints/footprints.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { Installation } from '../installation/installation.ts';
import { LogService } from '../log/log.service.ts';
import { BodyStatusService } from '../opinions/body-status.service.ts';
import type { Opinion } from '../opinions/opinion.entity.ts';
import { refuseProblems } from '../opinions/opinion-checks.ts';
import { OpinionsService } from '../opinions/opinions.service.ts';
import { OrganisationsService } from '../organisations/organisations.service.ts';
import { Random } from '../random.ts';
import { createOnce } from '../recording/create-once.ts';
import { type PreparedDocument, RecorderService } from '../recording/recorder.service.ts';
import { loadIntact } from '../recording/stored.ts';
import { BundleContentsService } from './bundle-contents.service.ts';
import { type ItemBlob, makeItems } from './items.ts';
import { MintsService } from './mints.service.ts';
import { Passport } from './passport.entity.ts';
import {
  duplicate,
  requireCount,
  requireOpinion,
  requireSameLot,
  requireSameThing,
} from './passport-checks.ts';
import { type PassportParts, passportMembers } from './passport-document.ts';
import { type PassportView, PassportViewsService } from './passport-views.service.ts';
import type { NewPassport } from './passports.dto.ts';

type Covering = NonNullable<PassportParts['opinion']> & { readonly row: Opinion };

/** Everything that was looked up and found fit. */
type Ready = {
  readonly batch: Batch;
  readonly footprint: Footprint;
  readonly parts: Omit<PassportParts, 'items' | 'issuedAt' | 'validUntil' | 'materials'>;
  readonly covering: Covering | null;
};

const YEARS_VALID = 5;
/** 80 bits: a release is found by its code or by who was given its address, not by counting. */
const RELEASE_BYTES = 10;

@Injectable()
export class PassportsService {
  constructor(
    @InjectRepository(Passport) private readonly rows: Repository<Passport>,
    private readonly batches: BatchesService,
    private readonly products: ProductsService,
    private readonly facilities: FacilitiesService,
    private readonly footprints: FootprintsService,
    private readonly opinions: OpinionsService,
    private readonly bodies: BodyStatusService,
    private readonly contents: BundleContentsService,
    private readonly views: PassportViewsService,
    private readonly organisations: OrganisationsService,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly log: LogService,
    private readonly mints: MintsService,
    private readonly chain: ChainService,
    private readonly installation: Installation,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Issues, records and orders the mint: one fact. The answer does not wait for the chain. */
  async create(
    caller: CallerIdentity,
    body: NewPassport,
    identity: RequestIdentityFacts,
  ): Promise<PassportView> {
    requireOpinion(body);
    const batch = await this.batches.find(caller.organisation, body.batch);
    const row = await createOnce(this.rows, caller.organisation, identity, {
      write: async () => this.issue(caller, body, identity, await this.prepare(caller, body, batch)),
      conflicts: {
        passport_batch_number_key: () => duplicate(batch.lot),
        passport_token_id_key: () => duplicate(batch.lot),
      },
    });
    return this.views.view(row);
  }

  private async prepare(caller: CallerIdentity, body: NewPassport, batch: Batch): Promise<Ready> {
    if (await this.rows.existsBy({ batch: batch.id })) throw duplicate(batch.lot);
    const footprint = await this.footprints.find(caller.organisation, body.footprint);
    requireSameThing(batch, footprint);
    const product = await this.products.find(caller.organisation, batch.product);
    const facility = await this.facilities.find(caller.organisation, batch.facility);
    const issuer = await this.organisations.issuer(caller.organisation);
    const load = <T>(content: string) => loadIntact<T>(this.documents, content);
    const batchDoc = (await load<BatchDocument>(batch.content)).doc;
    const footprintDoc = (await load<FootprintDocument>(footprint.content)).doc;
    requireSameLot(batch.lot, footprintDoc.lot);
    requireCount(body.items, batchDoc.quantity);
    const path = product.gtin
      ? formatPath({ kind: 'gtin', gtin: product.gtin as Gtin14, lot: batch.lot })
      : formatPath({ kind: 'own', org: caller.slug, product: product.ownId as string, lot: batch.lot });
    const release = 1;
    const tokenId = tokenIdOf({
      issuer: issuer.issuerAddress,
      product: textWord(product.uri),
      lot: textWord(batch.lot),
      release: String(release),
    });
    const { chainId, logId } = this.chain.facts;
    const parts = {
      issuer,
      product: (await load<ProductDocument>(product.content)).doc,
      facility: (await load<FacilityDocument>(facility.content)).doc,
      batch: batchDoc,
      footprint: { content: footprint.content as ContentId, doc: footprintDoc },
      opinion: null,
      release,
      supersedes: null,
      code: path,
      chain: {
        chainId: String(chainId),
        registry: this.chain.address('PassportRegistry'),
        tokenId: String(tokenId),
        logId,
        origin: this.installation.origin,
      },
    };
    const covering =
      body.opinion === undefined ? null : await this.cover(caller, body.opinion, footprint, batchDoc);
    return { batch, footprint, parts: { ...parts, opinion: covering }, covering };
  }

  /** The opinion, found to speak of this batch and to count today. @throws RefusalError `opinion/…` */
  private async cover(
    caller: CallerIdentity,
    id: string,
    footprint: Footprint,
    batch: BatchDocument,
  ): Promise<Covering> {
    const row = await this.opinions.findFor(caller.organisation, footprint.id, id);
    const { doc } = await loadIntact<OpinionDocument>(this.documents, row.content);
    const facts = await this.opinions.facts(footprint);
    const passport: PassportFacts = {
      ...facts,
      contract: this.opinions.contract,
      issuer: facts.issuerAddress,
      footprint: facts.content,
      lot: batch.lot,
      producedFrom: batch.producedFrom,
      producedUntil: batch.producedUntil,
    };
    // the signature was checked when the opinion came in, a wallet's by asking it
    refuseProblems(checkOpinionAgainst(doc, passport, { signature: 'elsewhere' }));
    const { registrar, body, opinionId } = doc.message;
    const { content } = await this.bodies.requireRegistered(registrar, body, opinionId);
    const registration = (await loadIntact<RegistrationDocument>(this.documents, content)).doc;
    return { row, content: row.content as ContentId, doc, registration: { content, doc: registration } };
  }

  private async issue(
    caller: CallerIdentity,
    body: NewPassport,
    identity: RequestIdentityFacts,
    ready: Ready,
  ): Promise<void> {
    const items = body.items === undefined ? null : makeItems(body.items, this.random);
    const issuedAt = this.clock.stamp();
    const members = passportMembers({
      ...ready.parts,
      items: items && { root: toHex(items.root), count: String(body.items) },
      materials: (body.materials ?? []).map((material) => ({ ...material })),
      issuedAt,
      validUntil: body.validUntil ?? yearsLater(issuedAt, YEARS_VALID),
    });
    const prepared = this.recorder.prepareDocument(caller.organisation, 'passport/v1', members);
    const passport = JSON.parse(Buffer.from(prepared.document.bytes).toString('utf8')) as PassportDocument;
    const release = toRelease(this.random.bytes(RELEASE_BYTES));
    const credential = await this.sign(caller, passport, prepared, release);
    const call = await this.mints.authorise(caller, passport, prepared.content, ready.covering?.doc ?? null);
    const documents = await this.contents.collect(caller.organisation, {
      ...ready,
      passport: prepared.content,
      opinion: ready.covering?.row ?? null,
    });
    await this.log.record({
      entries: [credential.entry],
      save: async (tx) => {
        await this.documents.save(tx, prepared.document);
        const transaction = await this.mints.order(tx, identity.id, call);
        await tx.insert(Passport, {
          id: identity.id,
          release,
          organisation: caller.organisation,
          batch: ready.batch.id,
          footprint: ready.footprint.id,
          opinion: ready.covering?.row.id ?? null,
          number: passport.release,
          supersedes: passport.supersedes,
          tokenId: passport.chain.tokenId,
          code: passport.code,
          content: prepared.content,
          credential: Buffer.from(credential.jwt, 'ascii'),
          credentialContent: credential.content,
          documents,
          disclosure: body.disclosure ?? 'ordinary',
          transaction,
          itemCount: body.items ?? null,
          items: items && Buffer.from(items.blob satisfies ItemBlob),
          requestHash: identity.bodyHash,
          issuedAt: new Date(issuedAt),
        });
      },
    });
  }

  /** The credential and its entry, both signed with the issuer's key. */
  private async sign(
    caller: CallerIdentity,
    passport: PassportDocument,
    { content, subject }: PreparedDocument,
    release: string,
  ): Promise<{ jwt: string; content: ContentId; entry: Uint8Array }> {
    const { issuer, sign } = await this.organisations.signer(caller.organisation);
    const id = `${this.installation.publicUrl}/passports/${release}`;
    const jwt = await issueCredential(projectDpp(passport, { id, content }), issuer.kid, sign);
    const credential = contentId(utf8(jwt));
    const refs: EntryRef[] = [
      { rel: 'passport', content },
      { rel: 'footprint', content: passport.footprint.content },
      { rel: 'key', content: issuer.keyContent },
      ...(passport.opinion ? [{ rel: 'opinion', content: passport.opinion.content }] : []),
    ];
    const entry = makeEntry(
      {
        kind: 'credential/v1',
        subject,
        issuer: issuer.did,
        time: this.clock.stamp(),
        content: credential,
        refs,
      },
      { kid: issuer.kid, sign },
    );
    return { jwt, content: credential, entry: entryBytes(entry) };
  }
}

/** Same day and time of day, so many years on; 29 February becomes 1 March. */
function yearsLater(time: string, years: number): string {
  const date = new Date(time);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return formatTime(BigInt(date.getTime() / 1000));
}

const RELEASE_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 16 characters of 5 bits each. */
function toRelease(bytes: Uint8Array): string {
  let bits = BigInt(`0x${toHex(bytes)}`);
  let text = '';
  for (let at = 0; at < 16; at++, bits >>= 5n) text += RELEASE_ALPHABET[Number(bits & 31n)];
  return text;
}
