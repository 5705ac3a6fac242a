import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/caller.ts';
import { LotPage } from '../pages/lot-page.ts';
import { NotKnownPage } from '../pages/not-known-page.ts';
import { ResolverService } from './resolver.service.ts';

/** Printed codes: `/01/…` of GS1 Digital Link and `/id/…` of our own scheme. docs/paths.md has the rules. */
@ApiExcludeController()
@Public()
@Controller()
export class ResolverController {
  constructor(
    private readonly resolver: ResolverService,
    private readonly lotPage: LotPage,
    private readonly notKnownPage: NotKnownPage,
  ) {}

  // Fastify answers HEAD by this route too
  @Get(['01/*', 'id/*'])
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(request, reply);
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // the raw path: what the framework decoded could no longer be told apart
    const [path = '', query = ''] = splitOnce(request.raw.url ?? '', '?');
    const found = await this.resolver.resolve(path, query);
    void reply.header('Vary', 'Accept, Accept-Language, Accept-Encoding');
    switch (found.kind) {
      case 'release':
        await reply
          .status(307)
          .header('Location', found.location)
          .header('Link', found.links)
          .header('Cache-Control', 'no-cache')
          .send();
        return;
      case 'needs-lot':
        await this.lotPage.send(request, reply, found.product);
        return;
      default:
        await this.notKnownPage.send(request, reply, path);
    }
  }
}

/** Both parts around the first separator; the second is undefined without one. */
function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
