import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { canonicalBytes, fromBase64url, type JsonObject, toBase64url } from '#lib/canonical';
import { newSalts } from '#lib/disclosure';
import { checksumAddress } from '#lib/evm';
import {
  checkDocumentForm,
  checkUscc,
  contentDocumentId,
  coverRefs,
  type EntryRef,
  type EntrySigner,
  entryBytes,
  HIDEABLE,
  type ImportDocument,
  jwkOf,
  type KeyDocument,
  makeEntry,
  type OrganisationDocument,
  recoveryCommitment,
  subjectOf,
} from '#lib/record';
import { leafHash } from '#lib/transparency-log';
import { Clock } from '../clock.ts';
import { DocumentsService, type NewDocument } from '../documents/documents.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { type RequestIdentityFacts, requireSameRequest } from '../http/request-identity.ts';
import { Installation } from '../installation/installation.ts';
import { ed25519PrivateKey, type IssuerKeyFile, signEd25519 } from '../installation/keys.ts';
import { InstallationRoot } from '../installation/root.service.ts';
import { LogService } from '../log/log.service.ts';
import { Random } from '../random.ts';
import { ApiKeysService } from './api-keys.service.ts';
import type { NewOrganisation } from './organisations.dto.ts';

/** The answer to whoever enters an organisation; the API key is shown here and nowhere else. */
export type Enrolled = {
  readonly id: string;
  readonly slug: string;
  readonly uuid: string;
  readonly did: string;
  readonly role: string;
  readonly apiKey: string;
  readonly ethAddress?: string;
  readonly issuerAddress?: string;
  readonly kid?: string;
  /** Where the keys that the server made lie on its machine. */
  readonly keyFile?: string;
};

type Statement = KeyDocument | OrganisationDocument | ImportDocument;
type Prepared = { readonly document: NewDocument; readonly entry: Uint8Array; readonly leaf: Uint8Array };

/** Of the operator's own row: fixed, so that each start finds it. */
const OPERATOR = { slug: 'operator', uuid: '00000000-0000-4000-8000-000000000001' } as const;

/** Enters organisations: the row and, for an exporter, its keys and its first three entries in the log. */
@Injectable()
export class EnrolmentService implements OnApplicationBootstrap {
  constructor(
    private readonly database: DataSource,
    private readonly installation: Installation,
    private readonly log: LogService,
    private readonly documents: DocumentsService,
    private readonly keys: ApiKeysService,
    private readonly root: InstallationRoot,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The operator's row and key are there from the first start on. */
  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(
        `insert into organisation (id, slug, did, role, names, country, created_at)
         values ($1, $2, $3, 'operator', '{}', 'ZZ', $4) on conflict do nothing`,
        [OPERATOR.uuid, OPERATOR.slug, this.installation.operatorDid, this.clock.now()],
      );
      await this.keys.allow(tx, OPERATOR.uuid, this.installation.operatorApiKey);
    });
  }

  /** @throws RefusalError `organisation/…`, RecordError `record/…uscc…` */
  async enrol(body: NewOrganisation, identity: RequestIdentityFacts): Promise<Enrolled> {
    if (identity.keyed) {
      const earlier = await this.find(identity);
      if (earlier) return earlier;
    }
    const ethAddress = checkMembers(body);
    try {
      await this.requireFree(body.slug, ethAddress);
      return await this.write(body, identity, ethAddress);
    } catch (error) {
      // the same request beside us was faster
      const beside = identity.keyed ? await this.find(identity) : null;
      if (beside) return beside;
      // or another one with the same slug
      if ((error as { code?: string }).code === '23505') await this.requireFree(body.slug, ethAddress);
      throw error;
    }
  }

  private async write(
    body: NewOrganisation,
    identity: RequestIdentityFacts,
    ethAddress: string | null,
  ): Promise<Enrolled> {
    if (body.role === 'exporter') return this.enrolExporter(body, identity);
    await this.database.transaction((tx) => this.insert(tx, body, identity, ethAddress));
    if (body.role === 'registrar') await this.root.refresh();
    return this.answer(body, identity.id, ethAddress === null ? {} : { ethAddress });
  }

  private async enrolExporter(body: NewOrganisation, identity: RequestIdentityFacts): Promise<Enrolled> {
    const keys = await this.installation.keys.issuer(body.slug, identity.id);
    const did = this.installation.didOf(body.slug);
    const kid = `${did}#key-1`;
    const signing = ed25519PrivateKey(fromBase64url(keys.signing.secretKey));
    const signer: EntrySigner = { kid, sign: (message) => signEd25519(signing, message) };
    const key = this.prepare(identity.id, did, this.keyDocument(did, kid, keys), [], signer);
    const organisation = this.prepare(identity.id, did, this.organisationDocument(did, body), []);
    const covered = { kind: 'organisation/v1', content: organisation.document.id } as const;
    const manifest = this.prepare(
      identity.id,
      did,
      { type: 'import/v1', nonce: this.nonce(), organisation: did, manifest: [covered], file: null },
      coverRefs([organisation.leaf]),
      signer,
    );
    const facts = [key, organisation, manifest];
    await this.log.record({
      entries: facts.map(({ entry }) => entry),
      save: async (tx) => {
        await this.insert(tx, body, identity, keys.mint.address);
        for (const { document } of facts) await this.documents.save(tx, document);
        await tx.query(
          `insert into issuer_key (kid, organisation, sequence, public_key, issuer_address, mint_key, holder,
             key_content, key_leaf, organisation_content, organisation_leaf)
           values ($1, $2, 1, $3, $4, $4, 'operator', $5, $6, $7, $8)`,
          [
            kid,
            identity.id,
            keys.signing.publicKey,
            keys.mint.address,
            key.document.id,
            Buffer.from(key.leaf),
            organisation.document.id,
            Buffer.from(organisation.leaf),
          ],
        );
      },
    });
    return this.answer(body, identity.id, this.exporterMembers(body.slug, kid, keys.mint.address));
  }

  private nonce(): string {
    return toBase64url(this.random.bytes(16));
  }

  private prepare(
    organisation: string,
    issuer: string,
    doc: Statement,
    refs: readonly EntryRef[],
    signer?: EntrySigner,
  ): Prepared {
    checkDocumentForm(doc as JsonObject);
    const salts = newSalts(doc as JsonObject, HIDEABLE[doc.type], (count) => this.random.bytes(count));
    const content = contentDocumentId(doc, salts);
    const { type: kind } = doc;
    const facts = { kind, subject: subjectOf(doc), issuer, time: this.clock.stamp(), content, refs };
    const entry = entryBytes(makeEntry(facts, signer));
    const document = {
      id: content,
      type: kind,
      organisation,
      bytes: canonicalBytes(doc as JsonObject),
      salts,
    };
    return { document, entry, leaf: leafHash(entry) };
  }

  private keyDocument(did: string, kid: string, keys: IssuerKeyFile): KeyDocument {
    return {
      type: 'key/v1',
      nonce: this.nonce(),
      did,
      kid,
      publicKeyJwk: jwkOf(fromBase64url(keys.signing.publicKey)),
      issuerAddress: keys.mint.address,
      mintKey: keys.mint.address,
      holder: 'operator',
      sequence: 1,
      previous: null,
      signedBy: 'self',
      recovery: recoveryCommitment(fromBase64url(keys.recovery.publicKey)),
    };
  }

  private organisationDocument(did: string, body: NewOrganisation): OrganisationDocument {
    const { zh, en } = body.names;
    return {
      type: 'organisation/v1',
      nonce: this.nonce(),
      did,
      // text in records is NFC, made so before the hash
      names: {
        ...(zh !== undefined && { zh: zh.normalize('NFC') }),
        ...(en !== undefined && { en: en.normalize('NFC') }),
      },
      ...(body.uscc !== undefined && { uscc: body.uscc }),
      country: body.country,
      ...(body.address && { address: { ...body.address } }),
    };
  }

  private async insert(
    tx: EntityManager,
    body: NewOrganisation,
    { id, bodyHash }: RequestIdentityFacts,
    ethAddress: string | null,
  ): Promise<void> {
    await tx.query(
      `insert into organisation (id, slug, did, role, names, uscc, country, address, eth_address, request_hash, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        body.slug,
        this.installation.didOf(body.slug),
        body.role,
        JSON.stringify(body.names),
        body.uscc ?? null,
        body.country,
        body.address ? JSON.stringify(body.address) : null,
        ethAddress,
        bodyHash,
        this.clock.now(),
      ],
    );
    await this.keys.allow(tx, id, this.keys.firstKeyOf(id));
  }

  /** What an earlier attempt of the same request made. */
  private async find({ id, bodyHash }: RequestIdentityFacts): Promise<Enrolled | null> {
    const [row] = (await this.database.query(
      `select organisation.*, key.kid from organisation left join issuer_key key on key.organisation = organisation.id
         and key.sequence = 1 where id = $1`,
      [id],
    )) as {
      slug: string;
      role: string;
      eth_address: string | null;
      request_hash: string | null;
      kid: string | null;
    }[];
    if (!row) return null;
    requireSameRequest(row.request_hash, bodyHash);
    const { slug, role, kid, eth_address: address } = row;
    const more =
      kid && address ? this.exporterMembers(slug, kid, address) : address ? { ethAddress: address } : {};
    return this.answer({ slug, role }, id, more);
  }

  private answer(body: { slug: string; role: string }, uuid: string, more: Partial<Enrolled>): Enrolled {
    const { slug, role } = body;
    return {
      id: slug,
      slug,
      uuid,
      did: this.installation.didOf(slug),
      role,
      apiKey: this.keys.firstKeyOf(uuid),
      ...more,
    };
  }

  private exporterMembers(slug: string, kid: string, issuerAddress: string): Partial<Enrolled> {
    return { issuerAddress, kid, keyFile: this.installation.keys.pathOf(`${slug}.json`) };
  }

  /** Two requests at once meet the unique constraints; this is for the clear sentence. */
  private async requireFree(slug: string, ethAddress: string | null): Promise<void> {
    const rows = (await this.database.query(
      'select slug from organisation where slug = $1 or eth_address = $2',
      [slug, ethAddress],
    )) as { slug: string }[];
    if (rows.length === 0) return;
    const isSlug = rows.some((row) => row.slug === slug);
    throw new RefusalError({
      status: 409,
      code: 'organisation/duplicate',
      detail: isSlug
        ? `there is an organisation "${slug}" already`
        : `the key ${ethAddress} belongs to "${rows[0]?.slug}" already`,
      remedy: 'choose another one, or use the API key of the one that is there',
      pointer: isSlug ? '/slug' : '/ethAddress',
    });
  }
}

// names of key files and of pages that stand beside organisations
const RESERVED_SLUGS: ReadonlySet<string> = new Set(['operator', 'log', 'installation', 'chain-operator']);

/** The checksummed address of the organisation's own key, if it has one. */
function checkMembers(body: NewOrganisation): string | null {
  const refuse = (pointer: string, detail: string, remedy: string) =>
    new RefusalError({ status: 400, code: 'organisation/invalid', detail, remedy, pointer });
  if (RESERVED_SLUGS.has(body.slug))
    throw refuse('/slug', `"${body.slug}" is kept for the service`, 'choose another slug');
  if (body.names.zh === undefined && body.names.en === undefined)
    throw refuse('/names', 'no name was given', 'give names.zh, names.en or both');
  if (Object.values(body.address ?? {}).some((part) => typeof part !== 'string' || part.length > 200))
    throw refuse('/address', 'an address has parts of text', 'send strings of at most 200 characters');
  if (body.uscc !== undefined) requireUscc(body.uscc);
  if (body.role === 'exporter') {
    if (body.ethAddress === undefined) return null;
    throw refuse('/ethAddress', "an exporter's keys are made by the server", 'leave ethAddress out');
  }
  if (body.ethAddress === undefined)
    throw refuse('/ethAddress', `a ${body.role} signs with its own key`, 'send the address of that key');
  return checksumAddress(body.ethAddress);
}

/** The room's refusal, with the place in our body. */
function requireUscc(uscc: string): void {
  try {
    checkUscc(uscc);
  } catch (cause) {
    const { code, message } = cause as { code: string; message: string };
    const remedy = 'compare it with the business licence: 18 digits and capital letters';
    throw new RefusalError({ status: 400, code, detail: message, remedy, pointer: '/uscc' }, { cause });
  }
}
