import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ContentId } from '#lib/canonical';
import { nameIn } from '#lib/wording';
import type { Product } from '../catalogue/product.entity.ts';
import { ChainService } from '../chain/chain.service.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { html } from './html.ts';
import { languageOf, renderPage, sendPage } from './layout.ts';
import { namesAt } from './lookup.ts';
import { chooseForm } from './negotiate.ts';
import { pageText } from './texts.ts';

/** A code that names a product without its batch: asks for the lot, lists none. 300, RFC 9110 §15.4.1. */
@Injectable()
export class LotPage {
  constructor(
    private readonly documents: DocumentsService,
    private readonly chain: ChainService,
    private readonly installation: Installation,
  ) {}

  async send(request: FastifyRequest, reply: FastifyReply, product: Product): Promise<void> {
    if (chooseForm(request.headers.accept) !== 'text/html')
      throw new RefusalError({
        status: 404,
        code: 'passport/lot-needed',
        detail: 'the code names a product; passports belong to batches',
        remedy: 'add /10/ and the lot printed on the pack',
      });
    const language = languageOf(request);
    const stored = await this.documents.load(product.content as ContentId);
    const name = stored && !('erased' in stored) ? nameIn(language, namesAt(stored.doc, 'names')) : '';
    const path = (request.raw.url ?? '').split('?', 1)[0]?.replace(/\/$/, '') ?? '';
    const title = pageText(language, 'lotTitle');
    const { host } = new URL(this.installation.publicUrl);
    const body = html`<main><h1>${title}</h1><p>${name}</p><p>${pageText(language, 'lotAsk')}</p><p><code>${host}${path}/10/${pageText(language, 'lotExample')}</code></p></main>`;
    const isTest = this.chain.facts.kind === 'test';
    await sendPage(
      request,
      reply,
      300,
      renderPage({ language, title, path: request.raw.url ?? '/', isTest, body }),
    );
  }
}
