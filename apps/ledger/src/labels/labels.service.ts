import { Injectable } from '@nestjs/common';
import { type Code, elementString, formatPath, parsePath } from '#lib/digital-link';
import type { PassportDocument } from '#lib/record';
import { ChainService } from '../chain/chain.service.ts';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { BundleService } from '../passports/bundle.service.ts';
import type { Passport } from '../passports/passport.entity.ts';
import { loadIntact } from '../recording/stored.ts';
import type { LabelFacts } from './layout.ts';
import { drawPdf } from './pdf.ts';
import { drawSvg } from './svg.ts';

/** A thousand labels are drawn in a second; more at once would make other requests wait. */
export const MAX_LABELS = 1_000;

/** Label sheets of a release: one label for each item, or the batch's own label as often as asked. */
@Injectable()
export class LabelsService {
  constructor(
    private readonly bundles: BundleService,
    private readonly documents: DocumentsService,
    private readonly chain: ChainService,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {}

  async svg(row: Passport, from: number, count: number): Promise<string> {
    return drawSvg(await this.labels(row, from, count));
  }

  async pdf(row: Passport, from: number, count: number): Promise<Buffer> {
    return drawPdf(await this.labels(row, from, count), this.clock.now());
  }

  private async labels(row: Passport, from: number, count: number): Promise<LabelFacts[]> {
    const { doc } = await loadIntact<PassportDocument>(this.documents, row.content);
    const batch = parsePath(row.code);
    const productName = doc.product.names.zh ?? doc.product.names.en ?? '';
    const make = (code: Code): LabelFacts => ({
      uri: this.installation.publicUrl + formatPath(code),
      elements: elementLines(code),
      productName,
      isTest: this.isTest,
    });
    const items = await this.bundles.itemsOf(row);
    if (!items) return Array<LabelFacts>(count).fill(make(batch));
    if (from >= items.count) throw beyond(from, items.count);
    return items.slice(from, from + count).map(({ serial }) => make({ ...batch, serial }));
  }

  /** A code for this machine alone, or of a test ledger, must say so on the label. */
  private get isTest(): boolean {
    const { hostname } = new URL(this.installation.publicUrl);
    return this.chain.facts.kind === 'test' || /^(localhost|127\.|\[::1\])/.test(hostname);
  }
}

/** `(01)…(10)…(21)…` broken into its elements, so that each stands on a line of its own. */
export function elementLines(code: Code): string[] {
  const text = elementString(code);
  if (code.kind === 'gtin') return text.split(/(?=\(\d{2}\))/);
  return text.split(/ (?=LOT |SN )/);
}

function beyond(from: number, count: number): RefusalError {
  return new RefusalError({
    status: 400,
    code: 'labels/beyond-items',
    detail: `from is ${from}, but the batch has ${count} items`,
    remedy: `ask for labels from 0 to ${count - 1}`,
  });
}
