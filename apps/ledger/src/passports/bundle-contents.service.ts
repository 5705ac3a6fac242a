import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ContentId } from '#lib/canonical';
import { toHex } from '#lib/canonical';
import { parseEntry } from '#lib/record';
import type { Batch } from '../catalogue/batch.entity.ts';
import { FacilitiesService } from '../catalogue/facilities.service.ts';
import { ProductsService } from '../catalogue/products.service.ts';
import type { Footprint } from '../footprints/footprint.entity.ts';
import { FootprintsService } from '../footprints/footprints.service.ts';
import { ProofsService } from '../log/proofs.service.ts';
import type { Opinion } from '../opinions/opinion.entity.ts';
import type { PassportParts } from './passport-document.ts';

/** Facts and their manifest are recorded in one append, the manifest right behind; other requests may share the commit. */
const MANIFEST_DISTANCE = 520n;

/** Which documents a passport's bundle holds: those it stands on, and the manifests that cover their entries. */
@Injectable()
export class BundleContentsService {
  constructor(
    private readonly database: DataSource,
    private readonly products: ProductsService,
    private readonly facilities: FacilitiesService,
    private readonly footprints: FootprintsService,
    private readonly proofs: ProofsService,
  ) {}

  async collect(
    organisation: string,
    of: {
      readonly passport: ContentId;
      readonly batch: Batch;
      readonly footprint: Footprint;
      readonly parts: Pick<PassportParts, 'issuer' | 'footprint'>;
      readonly opinion: Opinion | null;
    },
  ): Promise<string[]> {
    const product = await this.products.find(organisation, of.batch.product);
    const facility = await this.facilities.find(organisation, of.batch.facility);
    const { issuer, footprint } = of.parts;
    const single = [
      issuer.organisationContent,
      facility.content,
      product.content,
      of.batch.content,
      footprint.content,
    ];
    const manifests = await Promise.all(single.map((content) => this.manifestOf(content)));
    return [
      ...new Set([
        ...(await this.keysUntil(organisation, issuer.kid)),
        ...single,
        ...footprint.doc.activities,
        ...manifests,
        ...(await this.footprints.manifestsOf(of.footprint)),
        ...(of.opinion ? [of.opinion.content, of.opinion.registration] : []),
        of.passport,
      ]),
    ];
  }

  /** Documents of the issuer's keys, the first one to the one in use. */
  private async keysUntil(organisation: string, kid: string): Promise<string[]> {
    const rows = (await this.database.query(
      `select key_content from issuer_key where organisation = $1
         and sequence <= (select sequence from issuer_key where kid = $2) order by sequence`,
      [organisation, kid],
    )) as { key_content: string }[];
    return rows.map(({ key_content }) => key_content);
  }

  /** Id of the manifest that covers this document's entry. */
  private async manifestOf(content: string): Promise<string> {
    const [covered] = await this.proofs.entriesByContent([content]);
    if (!covered) throw new Error(`document ${content} has no entry in the log`);
    const leaf = toHex(covered.leafHash);
    for (let index = covered.index + 1n; index <= covered.index + MANIFEST_DISTANCE; index++) {
      const next = await this.proofs.entry(index);
      if (!next) break;
      const entry = parseEntry(next.bytes);
      if (entry.kind !== 'import/v1') continue;
      if (entry.refs.some((ref) => ref.rel === 'covers' && 'entry' in ref && ref.entry === leaf))
        return entry.content;
    }
    throw new Error(`no manifest behind entry ${covered.index} covers ${content}`);
  }
}
