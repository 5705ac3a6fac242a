import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { JsonObject } from '#lib/canonical';
import { checkValue, DigitalLinkError } from '#lib/digital-link';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { createOnce } from '../recording/create-once.ts';
import { RecorderService } from '../recording/recorder.service.ts';
import { loadIntact } from '../recording/stored.ts';
import { Batch } from './batch.entity.ts';
import { readUnitAt, requirePositive } from './catalogue.checks.ts';
import type { NewBatch } from './catalogue.dto.ts';
import { FacilitiesService } from './facilities.service.ts';
import { ProductsService } from './products.service.ts';

export type BatchView = JsonObject & { readonly uuid: string };

@Injectable()
export class BatchesService {
  constructor(
    @InjectRepository(Batch) private readonly rows: Repository<Batch>,
    private readonly products: ProductsService,
    private readonly facilities: FacilitiesService,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly clock: Clock,
  ) {}

  async create(caller: CallerIdentity, body: NewBatch, identity: RequestIdentityFacts): Promise<BatchView> {
    const product = await this.products.find(caller.organisation, body.product);
    const facility = await this.facilities.find(caller.organisation, body.facility);
    requireLot(body.lot);
    requirePeriod(body);
    readUnitAt(body.quantity.unit, '/quantity/unit');
    requirePositive(body.quantity.value, '/quantity/value');
    const row = await createOnce(this.rows, caller.organisation, identity, {
      write: () => this.record(caller, body, { product: product.uri, facility: facility.uri }, identity),
      conflicts: { batch_product_lot_key: () => lotTaken(body.lot) },
    });
    return this.view(row);
  }

  /** @throws RefusalError 404 for what is not there or not theirs */
  async find(organisation: string, id: string): Promise<Batch> {
    const row = await this.rows.findOneBy({ id, organisation });
    if (!row) throw notFound('batch');
    return row;
  }

  async list(organisation: string): Promise<BatchView[]> {
    const rows = await this.rows.find({ where: { organisation }, order: { createdAt: 'DESC' }, take: 200 });
    return Promise.all(rows.map((row) => this.view(row)));
  }

  async view(row: Batch): Promise<BatchView> {
    const { lot, producedFrom, producedUntil, quantity } = (await loadIntact(this.documents, row.content))
      .doc as JsonObject;
    const { id: uuid, product, facility, content } = row;
    return { uuid, product, facility, lot, producedFrom, producedUntil, quantity, content } as BatchView;
  }

  private async record(
    caller: CallerIdentity,
    body: NewBatch,
    uris: { readonly product: string; readonly facility: string },
    identity: RequestIdentityFacts,
  ): Promise<void> {
    const { lot, producedFrom, producedUntil, quantity } = body;
    const doc = { ...uris, lot, producedFrom, producedUntil, quantity: { ...quantity } };
    await this.recorder.recordCovered(caller.organisation, [{ kind: 'batch/v1', doc }], {
      save: async (tx, [fact]) => {
        await tx.insert(Batch, {
          id: identity.id,
          organisation: caller.organisation,
          product: body.product,
          facility: body.facility,
          lot,
          content: fact!.content,
          requestHash: identity.bodyHash,
          createdAt: this.clock.now(),
        });
      },
    });
  }
}

function requireLot(lot: string): void {
  try {
    checkValue(lot, 'lot');
  } catch (error) {
    if (!(error instanceof DigitalLinkError)) throw error;
    const remedy =
      'use 1 to 20 letters, digits and the signs of GS1 CSET 82, for instance L-2611A; no spaces, no Chinese characters';
    throw new RefusalError(
      { status: 400, code: error.code, detail: error.message, remedy, pointer: '/lot' },
      { cause: error },
    );
  }
}

function requirePeriod({ producedFrom, producedUntil }: NewBatch): void {
  if (producedFrom >= producedUntil)
    throw new RefusalError({
      status: 400,
      code: 'batch/period',
      detail: `production ends at ${producedUntil}, not after its start ${producedFrom}`,
      remedy: 'give the first second of production and the first second after it',
      pointer: '/producedUntil',
    });
}

function lotTaken(lot: string): RefusalError {
  return new RefusalError({
    status: 409,
    code: 'batch/duplicate',
    detail: `this product has a batch with lot ${lot} already`,
    remedy:
      'use that batch, or give the new one its own lot; to repeat a request safely send the same Idempotency-Key',
    pointer: '/lot',
  });
}
