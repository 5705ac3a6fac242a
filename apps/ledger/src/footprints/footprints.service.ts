import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { type ContentId, contentIdBytes, type JsonObject, toHex } from '#lib/canonical';
import type { ActivityDocument } from '#lib/evidence';
import {
  buildFootprintInput,
  type FootprintInput,
  type FootprintResult,
  factorTable,
  type RecordedActivity,
  TEMPLATES,
  type Template,
} from '#lib/footprint';
import type { Quantity, Unit } from '#lib/quantity';
import type { FootprintDocument, ProductDocument } from '#lib/record';
import { leafHash, treeHash } from '#lib/transparency-log';
import { FacilitiesService } from '../catalogue/facilities.service.ts';
import type { Facility } from '../catalogue/facility.entity.ts';
import type { Product } from '../catalogue/product.entity.ts';
import { ProductsService } from '../catalogue/products.service.ts';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { ImportsService } from '../imports/imports.service.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { createOnce } from '../recording/create-once.ts';
import { RecorderService } from '../recording/recorder.service.ts';
import { isIntact, loadIntact } from '../recording/stored.ts';
import { Footprint } from './footprint.entity.ts';
import type { NewFootprint } from './footprints.dto.ts';
import { MethodService } from './method.service.ts';

export type FootprintView = {
  readonly uuid: string;
  readonly content: string;
  readonly number: string;
  readonly unit: string;
  readonly per: string;
  readonly boundary: string;
  readonly stages: FootprintResult['stages'];
  readonly lines: FootprintResult['lines'];
  readonly gaps: FootprintResult['gaps'];
  readonly shares: FootprintResult['shares'];
  readonly method: { readonly id: string; readonly name: string; readonly version: string };
  /** Position of the entry in the log. */
  readonly index: string;
};

export type FootprintWorking = FootprintView & { readonly document: JsonObject };

@Injectable()
export class FootprintsService {
  constructor(
    @InjectRepository(Footprint) private readonly rows: Repository<Footprint>,
    private readonly products: ProductsService,
    private readonly facilities: FacilitiesService,
    private readonly imports: ImportsService,
    private readonly methods: MethodService,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly proofs: ProofsService,
    private readonly clock: Clock,
  ) {}

  async create(
    caller: CallerIdentity,
    body: NewFootprint,
    identity: RequestIdentityFacts,
  ): Promise<FootprintView> {
    const product = await this.products.find(caller.organisation, body.product);
    const facility = await this.facilities.find(caller.organisation, body.facility);
    const template = requireTemplate(body.template);
    const row = await createOnce(this.rows, caller.organisation, identity, {
      write: () => this.record(caller, body, { product, facility, template }, identity),
      conflicts: {},
    });
    return this.view(row);
  }

  /**
   * The exporter's own; for a body any whose random id it was given: that is how an exporter lets a body see it.
   * @throws RefusalError 404
   */
  async findFor(caller: CallerIdentity, id: string): Promise<Footprint> {
    const row = await this.rows.findOneBy(
      caller.role === 'body' ? { id } : { id, organisation: caller.organisation },
    );
    if (!row) throw notFound('footprint');
    return row;
  }

  async find(organisation: string, id: string): Promise<Footprint> {
    const row = await this.rows.findOneBy({ id, organisation });
    if (!row) throw notFound('footprint');
    return row;
  }

  async read(caller: CallerIdentity, id: string): Promise<FootprintWorking> {
    const row = await this.findFor(caller, id);
    const { doc } = await loadIntact(this.documents, row.content);
    return { ...(await this.view(row)), document: doc };
  }

  /** Documents of the activities that a footprint rests on, with the manifests that cover them. */
  async manifestsOf(row: Footprint): Promise<string[]> {
    const used = (await this.rows.query('select import from footprint_import where footprint = $1', [
      row.id,
    ])) as {
      import: string;
    }[];
    return this.imports.manifestsOf(used.map((one) => one.import));
  }

  private async view(row: Footprint): Promise<FootprintView> {
    const { doc } = await loadIntact<FootprintDocument>(this.documents, row.content);
    const result = doc.result as unknown as FootprintResult;
    const [entry] = await this.proofs.entriesByContent([row.content]);
    return {
      uuid: row.id,
      content: row.content,
      number: result.perUnit.value,
      unit: result.perUnit.unit,
      per: result.perUnit.per,
      boundary: result.boundary,
      stages: result.stages,
      lines: result.lines,
      gaps: result.gaps,
      shares: result.shares,
      method: { id: doc.method, ...result.method },
      index: String(entry?.index ?? ''),
    };
  }

  private async record(
    caller: CallerIdentity,
    body: NewFootprint,
    parts: { readonly product: Product; readonly facility: Facility; readonly template: Template },
    identity: RequestIdentityFacts,
  ): Promise<void> {
    const { product, facility } = parts;
    const activities = await this.activities(caller.organisation, body);
    const method = await this.methods.current();
    const input = await this.input(body, parts, activities);
    const result = method.computeFootprint(input);
    const ids = activities.map(({ id }) => id as ContentId);
    const doc = {
      organisation: caller.did,
      product: product.uri,
      facility: facility.uri,
      method: method.id,
      ...(body.lot === undefined ? { coverage: 'product-period' } : { coverage: 'batch', lot: body.lot }),
      period: { ...body.period },
      input: input as unknown as JsonObject,
      result: result as unknown as JsonObject,
      inputsRoot: inputsRoot(ids),
      activities: ids,
    };
    await this.recorder.recordCovered(caller.organisation, [{ kind: 'footprint/v1', doc }], {
      save: async (tx, [fact]) => {
        await tx.insert(Footprint, {
          id: identity.id,
          organisation: caller.organisation,
          product: product.id,
          facility: facility.id,
          content: fact!.content,
          requestHash: identity.bodyHash,
          createdAt: this.clock.now(),
        });
        for (const one of body.imports)
          await tx.query('insert into footprint_import (footprint, import) values ($1, $2)', [
            identity.id,
            one,
          ]);
      },
    });
  }

  private async input(
    body: NewFootprint,
    { product, template }: { readonly product: Product; readonly template: Template },
    activities: readonly RecordedActivity[],
  ): Promise<FootprintInput> {
    const { doc } = await loadIntact<ProductDocument>(this.documents, product.content);
    const { declaredUnit, massPerUnit } = doc;
    const known = (quantity: { value: string; unit: string }): Quantity => ({
      ...quantity,
      unit: quantity.unit as Unit,
    });
    return buildFootprintInput({
      activities,
      product: { id: product.uri, declaredUnit: known(declaredUnit), massPerUnit: known(massPerUnit) },
      period: { ...body.period },
      template,
      factors: factorTable(),
    });
  }

  /** In the order of the imports given, then of their rows. @throws RefusalError 409 `content/altered` */
  private async activities(organisation: string, body: NewFootprint): Promise<RecordedActivity[]> {
    const ids = await this.imports.activitiesOf(organisation, body);
    const stored = await this.documents.loadMany(ids);
    const broken = ids.find((id) => !stored.some((document) => document.id === id && isIntact(document)));
    // says which one and what to do
    if (broken !== undefined) await loadIntact(this.documents, broken);
    return stored.map(({ id, doc }) => ({ id, document: doc as unknown as ActivityDocument }));
  }
}

/** RFC 9162 root over the ids: the opinion names it, so it says which inputs were looked at. */
export function inputsRoot(activities: readonly ContentId[]): string {
  return toHex(treeHash(activities.map((id) => leafHash(contentIdBytes(id)))));
}

function requireTemplate(id: string): Template {
  const template = TEMPLATES.get(id);
  if (template) return template;
  throw new RefusalError({
    status: 400,
    code: 'footprint/unknown-template',
    detail: `no template ${JSON.stringify(id)} is known here`,
    remedy: `use one of: ${[...TEMPLATES.keys()].join(', ')}`,
    pointer: '/template',
  });
}
