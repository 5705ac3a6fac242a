import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { JsonObject } from '#lib/canonical';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { createOnce } from '../recording/create-once.ts';
import { RecorderService } from '../recording/recorder.service.ts';
import { loadIntact } from '../recording/stored.ts';
import { requireName } from './catalogue.checks.ts';
import type { NewFacility } from './catalogue.dto.ts';
import { Facility } from './facility.entity.ts';

export type FacilityView = JsonObject & { readonly uuid: string; readonly id: string; readonly slug: string };

@Injectable()
export class FacilitiesService {
  constructor(
    @InjectRepository(Facility) private readonly rows: Repository<Facility>,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly clock: Clock,
  ) {}

  async create(
    caller: CallerIdentity,
    body: NewFacility,
    identity: RequestIdentityFacts,
  ): Promise<FacilityView> {
    requireName(body.names, '/names');
    const row = await createOnce(this.rows, caller.organisation, identity, {
      write: () => this.record(caller, body, identity),
      conflicts: {
        facility_organisation_slug_key: () => slugTaken(body.slug),
        facility_uri_key: () => slugTaken(body.slug),
      },
    });
    return this.view(row);
  }

  /** @throws RefusalError 404 for what is not there or not theirs */
  async find(organisation: string, id: string): Promise<Facility> {
    const row = await this.rows.findOneBy({ id, organisation });
    if (!row) throw notFound('facility');
    return row;
  }

  async list(organisation: string): Promise<FacilityView[]> {
    const rows = await this.rows.find({ where: { organisation }, order: { createdAt: 'ASC' }, take: 200 });
    return Promise.all(rows.map((row) => this.view(row)));
  }

  async view(row: Facility): Promise<FacilityView> {
    const { names, country, subdivision, address } = (await loadIntact(this.documents, row.content))
      .doc as JsonObject;
    return {
      uuid: row.id,
      id: row.uri,
      slug: row.slug,
      names,
      country,
      subdivision,
      address,
      content: row.content,
    } as FacilityView;
  }

  private async record(
    caller: CallerIdentity,
    body: NewFacility,
    identity: RequestIdentityFacts,
  ): Promise<void> {
    const { slug, names, country, subdivision, address } = body;
    const uri = `${caller.did}#facility-${slug}`;
    const doc = {
      id: uri,
      organisation: caller.did,
      names: { ...names },
      country,
      subdivision,
      ...(address && { address: { ...address } }),
    };
    await this.recorder.recordCovered(caller.organisation, [{ kind: 'facility/v1', doc }], {
      save: async (tx, [fact]) => {
        await tx.insert(Facility, {
          id: identity.id,
          organisation: caller.organisation,
          slug,
          uri,
          content: fact!.content,
          requestHash: identity.bodyHash,
          createdAt: this.clock.now(),
        });
      },
    });
  }
}

function slugTaken(slug: string): RefusalError {
  return new RefusalError({
    status: 409,
    code: 'facility/duplicate',
    detail: `there is a facility "${slug}" already`,
    remedy: 'use that one, or choose another slug',
    pointer: '/slug',
  });
}
