import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChainService } from '../chain/chain.service.ts';
import { html } from './html.ts';
import { languageOf, renderPage, sendPage } from './layout.ts';
import { pageText, type TextKey } from './texts.ts';

const LINKS: readonly (readonly [string, TextKey])[] = [
  ['/api/docs', 'api'],
  ['/log/checkpoint', 'checkpoint'],
  ['/verify', 'verifyPage'],
  ['/problems', 'codes'],
];

@Injectable()
export class LandingPage {
  constructor(private readonly chain: ChainService) {}

  async send(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const language = languageOf(request);
    const body = html`<main><h1>Anchorleaf 碳锚</h1><p>${pageText(language, 'landing')}</p><h2>${pageText(language, 'landingLinks')}</h2><ul>${LINKS.map(
      ([address, key]) => html`<li><a href="${address}">${pageText(language, key)}</a></li>`,
    )}</ul></main>`;
    const isTest = this.chain.facts.kind === 'test';
    const title = 'Anchorleaf 碳锚';
    await sendPage(
      request,
      reply,
      200,
      renderPage({ language, title, path: request.raw.url ?? '/', isTest, body }),
    );
  }
}
