import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Caller, type CallerIdentity, Roles } from '../http/caller.ts';
import { RequestIdentity, type RequestIdentityFacts } from '../http/request-identity.ts';
import { ImportAnswers } from './imports.dto.ts';
import { type ConfirmedView, type DraftView, ImportsService } from './imports.service.ts';
import { readUpload } from './upload.ts';

@ApiTags('imports')
@Roles('exporter')
@Controller('api/v1/imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Post()
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file', 'facility', 'product', 'kind'],
      properties: {
        file: {
          type: 'string',
          format: 'binary',
          description: '.xlsx workbook or .csv meter file, at most 20 MB',
        },
        facility: { type: 'string', format: 'uuid' },
        product: { type: 'string', format: 'uuid' },
        kind: { enum: ['workbook', 'meter-csv'] },
        line: { type: 'string', description: 'of a meter file: L1 to L99, or shared' },
        year: { type: 'string', description: 'of a meter file: the only year that is wanted' },
        template: { type: 'string' },
      },
    },
  })
  @ApiOperation({ summary: 'Upload a workbook or meter file; answers a draft and records nothing' })
  async upload(
    @Caller() caller: CallerIdentity,
    @Req() request: FastifyRequest,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<DraftView> {
    return this.imports.upload(caller, await readUpload(request), identity);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A draft or confirmed import' })
  async read(@Caller() caller: CallerIdentity, @Param('id', ParseUUIDPipe) id: string): Promise<DraftView> {
    return this.imports.view(await this.imports.find(caller.organisation, id));
  }

  @Post(':id/answers')
  @HttpCode(200)
  @ApiOperation({ summary: 'Answer questions of a draft by code' })
  answer(
    @Caller() caller: CallerIdentity,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { answers }: ImportAnswers,
  ): Promise<DraftView> {
    return this.imports.answer(caller.organisation, id, answers);
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Record the activities of a draft' })
  confirm(@Caller() caller: CallerIdentity, @Param('id', ParseUUIDPipe) id: string): Promise<ConfirmedView> {
    return this.imports.confirm(caller, id);
  }
}
