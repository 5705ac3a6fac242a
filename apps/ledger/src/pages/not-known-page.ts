import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { say } from '#lib/wording';
import { ChainService } from '../chain/chain.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { html } from './html.ts';
import { languageOf, renderPage, sendPage } from './layout.ts';
import { chooseForm } from './negotiate.ts';
import { pageText } from './texts.ts';

/** A code or address that leads to no passport here. Says what was scanned and no more than is known. */
@Injectable()
export class NotKnownPage {
  constructor(
    private readonly chain: ChainService,
    private readonly installation: Installation,
  ) {}

  async send(request: FastifyRequest, reply: FastifyReply, scanned: string): Promise<void> {
    if (chooseForm(request.headers.accept) !== 'text/html')
      throw new RefusalError({
        status: 404,
        code: 'passport/not-known',
        detail: `no passport with the code ${scanned} is known here`,
        remedy: 'compare the host on the label with this one, and the code character by character',
      });
    const language = languageOf(request);
    const title = say(language, 'headline/not-known');
    const body = html`<main><h1>${title}</h1><dl><dt>${pageText(language, 'scanned')}</dt><dd><code>${new URL(this.installation.publicUrl).host}${scanned}</code></dd></dl><p>${pageText(language, 'notKnownHint')}</p></main>`;
    const isTest = this.chain.facts.kind === 'test';
    await sendPage(
      request,
      reply,
      404,
      renderPage({ language, title, path: request.raw.url ?? '/', isTest, body }),
    );
  }
}
