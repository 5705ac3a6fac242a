import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isJsonObject, type JsonValue } from '#lib/canonical';
import type { Report } from '#lib/verification';
import { ChainService } from '../chain/chain.service.ts';
import { Public } from '../http/caller.ts';
import { RefusalError } from '../http/refusal.ts';
import { AssetsService } from './assets.ts';
import { html } from './html.ts';
import { languageOf, renderPage, sendPage } from './layout.ts';
import { pageText } from './texts.ts';
import { VerifyService } from './verify.service.ts';

/** A verdict by this server is worth as much as this server: the answer says so itself. */
export type ServerAnswer = Report & { readonly note: string };

const NOTE =
  "This is the server's answer only: it was computed by the operator of the record, with the operator's own trust root. Check the bundle yourself with `npm run verify -- FILE`, or with a copy of the checker from another host.";

@ApiTags('verify')
@Public()
@Controller()
export class VerifyController {
  constructor(
    private readonly verify: VerifyService,
    private readonly assets: AssetsService,
    private readonly chain: ChainService,
  ) {}

  @Post('api/v1/verify')
  @HttpCode(200)
  @ApiOperation({ summary: "Check a bundle; the server's own answer, no proof of anything" })
  async check(@Req() request: FastifyRequest): Promise<ServerAnswer> {
    const body = request.body as JsonValue | undefined;
    const bundle = isJsonObject(body) ? body.bundle : undefined;
    if (!isJsonObject(bundle))
      throw new RefusalError({
        status: 400,
        code: 'verify/no-bundle',
        detail: 'the body has no member "bundle" that is an object',
        remedy: 'send {"bundle": …} with what /passports/{release}/bundle gives',
        pointer: '/bundle',
      });
    return { ...(await this.verify.check(bundle)), note: NOTE };
  }

  @Get('verify')
  @ApiExcludeEndpoint()
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const language = languageOf(request);
    const title = pageText(language, 'verifyPage');
    const body = html`<main id="verify"><h1>${title}</h1><p>${pageText(language, 'verifyHint')}</p></main>`;
    const page = renderPage({
      language,
      title,
      path: request.raw.url ?? '/',
      isTest: this.chain.facts.kind === 'test',
      body,
      script: await this.assets.find(`island-${language}.js`),
    });
    await sendPage(request, reply, 200, page);
  }
}
