import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { JsonObject } from '#lib/canonical';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { Installation } from '../installation/installation.ts';
import { createOnce } from '../recording/create-once.ts';
import { type Fact, RecorderService } from '../recording/recorder.service.ts';
import { loadIntact } from '../recording/stored.ts';
import { readGtin, readUnitAt, requireMass, requireName, requirePositive } from './catalogue.checks.ts';
import type { NewProduct } from './catalogue.dto.ts';
import { Product } from './product.entity.ts';

export type ProductView = JsonObject & { readonly uuid: string; readonly id: string };

type Identifier = { readonly uri: string; readonly gtin: string | null; readonly ownId: string | null };

@Injectable()
export class ProductsService {
  constructor(
    @InjectRepository(Product) private readonly rows: Repository<Product>,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {}

  async create(
    caller: CallerIdentity,
    body: NewProduct,
    identity: RequestIdentityFacts,
  ): Promise<ProductView> {
    const identifier = this.readIdentifier(caller, body);
    requireName(body.names, '/names');
    requireUnits(body);
    const claimed = () => this.conflict(caller, identifier);
    const row = await createOnce(this.rows, caller.organisation, identity, {
      write: () => this.record(caller, body, identifier, identity),
      conflicts: { product_uri_key: claimed, product_gtin_key: claimed },
    });
    return this.view(row);
  }

  /** @throws RefusalError 404 for what is not there or not theirs */
  async find(organisation: string, id: string): Promise<Product> {
    const row = await this.rows.findOneBy({ id, organisation });
    if (!row) throw notFound('product');
    return row;
  }

  /** A product by the identifier in a printed code, whosever it is. */
  findByUri(uri: string): Promise<Product | null> {
    return this.rows.findOneBy({ uri });
  }

  async list(organisation: string): Promise<ProductView[]> {
    const rows = await this.rows.find({ where: { organisation }, order: { createdAt: 'ASC' }, take: 200 });
    return Promise.all(rows.map((row) => this.view(row)));
  }

  async view(row: Product): Promise<ProductView> {
    const { type, nonce, id, ...facts } = (await loadIntact(this.documents, row.content)).doc as JsonObject;
    return { uuid: row.id, id: row.uri, ...facts, content: row.content };
  }

  private readIdentifier(caller: CallerIdentity, { gtin, ownId }: NewProduct): Identifier {
    if ((gtin === undefined) === (ownId === undefined))
      throw new RefusalError({
        status: 400,
        code: 'product/one-identifier',
        detail: gtin === undefined ? 'neither gtin nor ownId was given' : 'both gtin and ownId were given',
        remedy: 'give the GTIN under the barcode, or an ownId of your own for a product without one',
        pointer: '/gtin',
      });
    if (gtin === undefined)
      return {
        uri: `${this.installation.publicUrl}/id/${caller.slug}/${ownId}`,
        gtin: null,
        ownId: ownId as string,
      };
    const gtin14 = readGtin(gtin);
    return { uri: `https://id.gs1.org/01/${gtin14}`, gtin: gtin14, ownId: null };
  }

  private conflict(caller: CallerIdentity, { gtin, ownId }: Identifier): RefusalError {
    if (gtin === null)
      return new RefusalError({
        status: 409,
        code: 'product/duplicate',
        detail: `${caller.slug} has a product "${ownId}" already`,
        remedy: 'use that one, or choose another ownId',
        pointer: '/ownId',
      });
    // says nothing of who holds it: that would tell a competitor who makes what
    return new RefusalError({
      status: 409,
      code: 'product/gtin-claimed',
      detail: `GTIN ${gtin} has been claimed before; it belongs to the first organisation that claims it`,
      remedy: `if it is yours (a colleague may have entered it), use that product; if GS1 licensed the prefix to you and another claimed it, send the operator of ${new URL(this.installation.publicUrl).host} your GS1 licence to dispute the claim`,
      pointer: '/gtin',
    });
  }

  private async record(
    caller: CallerIdentity,
    body: NewProduct,
    { uri, gtin, ownId }: Identifier,
    identity: RequestIdentityFacts,
  ): Promise<void> {
    await this.recorder.recordCovered(caller.organisation, [productFact(body, uri, gtin)], {
      save: async (tx, [fact]) => {
        await tx.insert(Product, {
          id: identity.id,
          organisation: caller.organisation,
          uri,
          gtin,
          ownId,
          content: fact!.content,
          requestHash: identity.bodyHash,
          createdAt: this.clock.now(),
        });
      },
    });
  }
}

function requireUnits({ declaredUnit, massPerUnit, packaging }: NewProduct): void {
  readUnitAt(declaredUnit.unit, '/declaredUnit/unit');
  requirePositive(declaredUnit.amount, '/declaredUnit/amount');
  requireMass(massPerUnit.value, massPerUnit.unit, '/massPerUnit');
  for (const [at, { mass }] of packaging.entries())
    requireMass(mass.value, mass.unit, `/packaging/${at}/mass`);
}

function productFact(body: NewProduct, uri: string, gtin: string | null): Fact {
  const { names, buyerSku, cnCode, declaredUnit, massPerUnit, packaging } = body;
  return {
    kind: 'product/v1',
    doc: {
      id: uri,
      idScheme: gtin === null ? 'own' : 'gtin',
      ...(gtin !== null && { gtin }),
      names: { ...names },
      ...(buyerSku !== undefined && { buyerSku }),
      cnCode: cnCode.replaceAll(' ', ''),
      declaredUnit: { value: declaredUnit.amount, unit: declaredUnit.unit },
      massPerUnit: { ...massPerUnit },
      packaging: packaging.map(({ material, mass }) => ({ material, mass: { ...mass } })),
    },
  };
}
