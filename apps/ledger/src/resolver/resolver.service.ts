import { Injectable } from '@nestjs/common';
import { type Code, DigitalLinkError, formatPath, parsePath, productUri } from '#lib/digital-link';
import type { Product } from '../catalogue/product.entity.ts';
import { ProductsService } from '../catalogue/products.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { BundleService } from '../passports/bundle.service.ts';
import { ReleasesService } from '../passports/releases.service.ts';

export type Resolution =
  /** `location` is always a path of this host. */
  | { readonly kind: 'release'; readonly location: string; readonly links: string }
  | { readonly kind: 'needs-lot'; readonly product: Product }
  | { readonly kind: 'not-known' };

/** Longer than any code that can be printed; refused before it is parsed. */
const MAX_PATH = 300;

@Injectable()
export class ResolverService {
  constructor(
    private readonly releases: ReleasesService,
    private readonly products: ProductsService,
    private readonly bundles: BundleService,
    private readonly installation: Installation,
  ) {}

  /** @throws RefusalError 400 `digital-link/…` for what is no code at all */
  async resolve(path: string, query: string): Promise<Resolution> {
    const code = readCode(path);
    if (code.lot === undefined) return this.withoutLot(code);
    const { serial, ...batchCode } = code;
    const row = await this.releases.findByCode(formatPath(batchCode));
    if (!row) return { kind: 'not-known' };
    // an unknown serial must not show the passport of its batch as if it were its own
    if (serial !== undefined && !(await this.bundles.itemsOf(row))?.find(serial))
      return { kind: 'not-known' };
    const target = `/passports/${row.release}`;
    return {
      kind: 'release',
      location: target + joinQuery(query, serial),
      links: linksOf(this.installation.publicUrl + target, serial),
    };
  }

  private async withoutLot(code: Code): Promise<Resolution> {
    const product =
      code.serial === undefined
        ? await this.products.findByUri(productUri(code, this.installation.publicUrl))
        : null;
    return product ? { kind: 'needs-lot', product } : { kind: 'not-known' };
  }
}

function readCode(path: string): Code {
  try {
    if (path.length > MAX_PATH)
      throw new DigitalLinkError(
        'digital-link/malformed-path',
        `the path has ${path.length} characters, at most ${MAX_PATH}`,
      );
    return parsePath(path);
  } catch (error) {
    if (!(error instanceof DigitalLinkError)) throw error;
    throw new RefusalError(
      {
        status: 400,
        code: error.code,
        detail: error.message,
        remedy: 'scan the code again, or type what stands under it in brackets: (01) then (10) then (21)',
      },
      { cause: error },
    );
  }
}

/** The request's own query goes on as it came; a scanned serial takes the place of one that was typed behind it. */
function joinQuery(query: string, serial: string | undefined): string {
  if (serial === undefined && query === '') return '';
  const parameters = new URLSearchParams(query);
  if (serial !== undefined) parameters.set('serial', serial);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** RFC 8288: the forms of the passport, each at the address that gives it. */
function linksOf(passport: string, serial: string | undefined): string {
  const bundle =
    serial === undefined ? `${passport}/bundle` : `${passport}/bundle?serial=${encodeURIComponent(serial)}`;
  return [
    `<${passport}>; rel="canonical"`,
    `<${passport}/credential>; rel="alternate"; type="application/vc+jwt"`,
    `<${bundle}>; rel="alternate"; type="application/json"`,
  ].join(', ');
}
