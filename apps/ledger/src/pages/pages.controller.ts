import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/caller.ts';
import { notFound } from '../http/refusal.ts';
import { BundleService } from '../passports/bundle.service.ts';
import { ReleasesService } from '../passports/releases.service.ts';
import { ASSET_NAME, AssetsService } from './assets.ts';
import { LandingPage } from './landing-page.ts';
import { chooseForm } from './negotiate.ts';
import { PassportPages } from './passport-pages.service.ts';
import { ProblemPage } from './problem-page.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

/** What people and machines fetch without a key: passports in their forms, files of the pages, explanations. */
@ApiExcludeController()
@Public()
@Controller()
export class PagesController {
  constructor(
    private readonly releases: ReleasesService,
    private readonly bundles: BundleService,
    private readonly passports: PassportPages,
    private readonly landing: LandingPage,
    private readonly problems: ProblemPage,
    private readonly assets: AssetsService,
  ) {}

  @Get()
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.landing.send(request, reply);
  }

  @Get('passports/:release')
  async passport(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('release') release: string,
    @Query('serial') serial: unknown,
  ): Promise<void> {
    const form = chooseForm(request.headers.accept);
    void reply.header('Vary', 'Accept, Accept-Language, Accept-Encoding');
    if (form === 'application/vc+jwt') return this.sendCredential(release, reply);
    if (form === 'application/json') return this.sendBundle(release, serial, reply);
    if (form === null)
      return void (await reply
        .status(406)
        .type('text/plain')
        .send('text/html, application/vc+jwt or application/json\n'));
    await this.passports.send(request, reply, release, typeof serial === 'string' ? serial : null);
  }

  @Get('passports/:release/bundle')
  async bundle(
    @Param('release') release: string,
    @Query('serial') serial: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendBundle(release, serial, reply);
  }

  @Get('passports/:release/credential')
  async credential(@Param('release') release: string, @Res() reply: FastifyReply): Promise<void> {
    await this.sendCredential(release, reply);
  }

  @Get('assets/:file')
  async asset(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const bytes = ASSET_NAME.test(file) ? await this.assets.read(file) : null;
    if (!bytes) throw notFound('file');
    await reply
      .header('Cache-Control', IMMUTABLE)
      .header('Cross-Origin-Resource-Policy', 'same-origin')
      .type(file.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8')
      .send(bytes);
  }

  @Get('problems')
  async problemList(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.problems.sendList(request, reply);
  }

  @Get('problems/:room/:what')
  async problem(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('room') room: string,
    @Param('what') what: string,
  ): Promise<void> {
    await this.problems.send(request, reply, `${room}/${what}`);
  }

  private async sendCredential(release: string, reply: FastifyReply): Promise<void> {
    const row = await this.releases.find(release);
    if (!row) throw notFound('passport');
    await reply
      .header('Cache-Control', 'no-cache')
      .header('Content-Type', 'application/vc+jwt')
      .send(row.credential.toString('ascii'));
  }

  private async sendBundle(release: string, serial: unknown, reply: FastifyReply): Promise<void> {
    const row = await this.releases.find(release);
    if (!row) throw notFound('passport');
    const text = await this.bundles.text(row, typeof serial === 'string' ? serial : null);
    await reply.header('Cache-Control', 'no-cache').type('application/json; charset=utf-8').send(text);
  }
}
