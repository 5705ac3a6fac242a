import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Caller, type CallerIdentity, Roles } from '../http/caller.ts';
import { PassportViewsService } from '../passports/passport-views.service.ts';
import { LabelsService, MAX_LABELS } from './labels.service.ts';
import { LABELS_PER_SHEET } from './layout.ts';

export class LabelsQuery {
  /** First item, in the order of the serials. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  from?: number;

  /** How many labels; one sheet unless said otherwise. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_LABELS)
  count?: number;
}

@ApiTags('labels')
@Roles('exporter')
@Controller('api/v1/passports')
export class LabelsController {
  constructor(
    private readonly views: PassportViewsService,
    private readonly labels: LabelsService,
  ) {}

  @Get(':release/labels.svg')
  @ApiOperation({ summary: 'A4 label sheets as SVG' })
  async svg(
    @Caller() caller: CallerIdentity,
    @Param('release') release: string,
    @Query() { from, count }: LabelsQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const row = await this.views.find(caller.organisation, release);
    const sheet = await this.labels.svg(row, from ?? 0, count ?? LABELS_PER_SHEET);
    await reply.header('Cache-Control', 'no-store').type('image/svg+xml').send(sheet);
  }

  @Get(':release/labels.pdf')
  @ApiOperation({ summary: 'A4 label sheets as PDF' })
  async pdf(
    @Caller() caller: CallerIdentity,
    @Param('release') release: string,
    @Query() { from, count }: LabelsQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const row = await this.views.find(caller.organisation, release);
    const sheet = await this.labels.pdf(row, from ?? 0, count ?? LABELS_PER_SHEET);
    await reply
      .header('Cache-Control', 'no-store')
      .header('Content-Disposition', `attachment; filename="labels-${row.release}.pdf"`)
      .type('application/pdf')
      .send(sheet);
  }
}
