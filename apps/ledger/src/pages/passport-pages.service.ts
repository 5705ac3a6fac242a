import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ContentId, JsonObject } from '#lib/canonical';
import { formatPath, parsePath } from '#lib/digital-link';
import { ChainService } from '../chain/chain.service.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { BundleService } from '../passports/bundle.service.ts';
import { publicCopy } from '../passports/disclosure-profile.ts';
import type { Passport } from '../passports/passport.entity.ts';
import { ReleasesService } from '../passports/releases.service.ts';
import { AssetsService } from './assets.ts';
import { html } from './html.ts';
import { languageOf, renderPage, sendPage } from './layout.ts';
import { textAt } from './lookup.ts';
import { NotKnownPage } from './not-known-page.ts';
import { passportPage } from './passport-page.ts';
import { pageText } from './texts.ts';

/** Puts the page of a release together from the same stored texts that its bundle carries. */
@Injectable()
export class PassportPages {
  constructor(
    private readonly releases: ReleasesService,
    private readonly bundles: BundleService,
    private readonly documents: DocumentsService,
    private readonly assets: AssetsService,
    private readonly notKnown: NotKnownPage,
    private readonly chain: ChainService,
    private readonly installation: Installation,
  ) {}

  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    release: string,
    serial: string | null,
  ): Promise<void> {
    const row = await this.releases.find(release);
    if (!row || !(await this.hasItem(row, serial))) {
      await this.notKnown.send(request, reply, row ? `${row.code}/21/${serial}` : `/passports/${release}`);
      return;
    }
    const passport = await this.documents.load(row.content as ContentId);
    if (passport && 'erased' in passport) {
      await this.sendRemoved(request, reply, passport.erased);
      return;
    }
    const language = languageOf(request);
    const { title, main } = passportPage({
      language,
      release,
      serial,
      code: serial === null ? row.code : formatPath({ ...parsePath(row.code), serial }),
      passport: passport ? publicCopy(passport, row.disclosure).doc : {},
      footprint: await this.footprintOf(row, passport?.doc as JsonObject),
      host: this.host,
    });
    const page = renderPage({
      language,
      title,
      path: request.raw.url ?? '/',
      isTest: this.isTest,
      body: main,
      script: await this.assets.find(`island-${language}.js`),
      alternates: [
        { type: 'application/vc+jwt', href: `/passports/${release}/credential` },
        { type: 'application/json', href: `/passports/${release}/bundle` },
      ],
    });
    await sendPage(request, reply, 200, page);
  }

  private async hasItem(row: Passport, serial: string | null): Promise<boolean> {
    if (serial === null) return true;
    try {
      await this.bundles.item(row, serial);
      return true;
    } catch (error) {
      if (error instanceof RefusalError) return false;
      throw error;
    }
  }

  private async footprintOf(row: Passport, passport: JsonObject): Promise<JsonObject> {
    const id = textAt(passport, 'footprint', 'content');
    const stored = row.documents.includes(id) ? await this.documents.load(id as ContentId) : null;
    return stored && !('erased' in stored) ? publicCopy(stored, row.disclosure).doc : {};
  }

  /** 410: it was here, and is gone for good (RFC 9110 §15.5.11). */
  private async sendRemoved(request: FastifyRequest, reply: FastifyReply, erased: Date): Promise<void> {
    const language = languageOf(request);
    const title = pageText(language, 'removed', { date: erased.toISOString().slice(0, 10) });
    const body = html`<main><h1>${title}</h1></main>`;
    await sendPage(
      request,
      reply,
      410,
      renderPage({ language, title, path: request.raw.url ?? '/', isTest: this.isTest, body }),
    );
  }

  private get isTest(): boolean {
    return this.chain.facts.kind === 'test';
  }

  private get host(): string {
    return new URL(this.installation.publicUrl).host;
  }
}
