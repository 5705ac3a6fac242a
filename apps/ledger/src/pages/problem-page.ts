import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChainService } from '../chain/chain.service.ts';
import { type Html, html } from './html.ts';
import { languageOf, renderPage, sendPage } from './layout.ts';
import { PROBLEM_CODES, problemText } from './problem-texts.ts';
import { pageText } from './texts.ts';

/** What a refusal's `type` leads to: the code, what it means, what to do (RFC 9457 §3.1.1). */
@Injectable()
export class ProblemPage {
  constructor(private readonly chain: ChainService) {}

  async send(request: FastifyRequest, reply: FastifyReply, code: string): Promise<void> {
    const language = languageOf(request);
    const text = problemText(code, language);
    const body = text
      ? html`<main><h1><code>${code}</code></h1><h2>${pageText(language, 'means')}</h2><p>${text.meaning}</p><h2>${pageText(language, 'todo')}</h2><p>${text.remedy}</p></main>`
      : html`<main><h1>${pageText(language, 'unknownCode')}</h1><p><code>${code}</code></p></main>`;
    await this.sendBody(request, reply, text ? 200 : 404, code, body);
  }

  async sendList(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const language = languageOf(request);
    const title = pageText(language, 'codes');
    const body = html`<main><h1>${title}</h1><dl>${PROBLEM_CODES.map(
      (code) =>
        html`<dt><a href="/problems/${code}"><code>${code}</code></a></dt><dd>${problemText(code, language)?.meaning}</dd>`,
    )}</dl></main>`;
    await this.sendBody(request, reply, 200, title, body);
  }

  private async sendBody(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    title: string,
    body: Html,
  ): Promise<void> {
    const isTest = this.chain.facts.kind === 'test';
    const page = renderPage({
      language: languageOf(request),
      title,
      path: request.raw.url ?? '/',
      isTest,
      body,
    });
    await sendPage(request, reply, status, page);
  }
}
