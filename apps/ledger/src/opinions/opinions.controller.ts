import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, type CallerIdentity, Public, Roles } from '../http/caller.ts';
import { RequestIdentity, type RequestIdentityFacts } from '../http/request-identity.ts';
import type { OpinionTemplate } from './opinion-template.ts';
import { NewOpinion, NewRegistration, OpinionTemplateQuery } from './opinions.dto.ts';
import { OpinionsService, type OpinionView } from './opinions.service.ts';
import { RegistrationsService, type RegistrationView } from './registrations.service.ts';

@ApiTags('opinions')
@Controller('api/v1')
export class OpinionsController {
  constructor(private readonly opinions: OpinionsService) {}

  @Get('footprints/:id/opinion-template')
  @Roles('exporter', 'body')
  @ApiOperation({ summary: 'Typed data for a body to sign, filled in from the record' })
  template(
    @Caller() caller: CallerIdentity,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: OpinionTemplateQuery,
  ): Promise<OpinionTemplate> {
    return this.opinions.template(caller, id, query);
  }

  @Post('opinions')
  @Roles('body')
  @ApiOperation({ summary: 'Send in a signed opinion' })
  create(
    @Caller() caller: CallerIdentity,
    @Body() body: NewOpinion,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<OpinionView> {
    return this.opinions.create(caller, body, identity);
  }

  @Get('opinions/:id')
  @Roles('exporter', 'body')
  @ApiOperation({ summary: 'An opinion, for the body that signed it and the exporter it is about' })
  read(@Caller() caller: CallerIdentity, @Param('id', ParseUUIDPipe) id: string): Promise<OpinionView> {
    return this.opinions.read(caller, id);
  }
}

@ApiTags('opinions')
@Controller('api/v1/registrations')
export class RegistrationsController {
  constructor(private readonly registrations: RegistrationsService) {}

  @Post()
  @Roles('registrar')
  @ApiOperation({ summary: 'Store the document that a registration on chain names' })
  create(
    @Caller() caller: CallerIdentity,
    @Body() body: NewRegistration,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<RegistrationView> {
    return this.registrations.create(caller, body, identity);
  }

  @Get(':content')
  @Public()
  @ApiOperation({ summary: 'A registration document by its content id' })
  read(@Param('content') content: string): Promise<RegistrationView> {
    return this.registrations.read(content);
  }
}
