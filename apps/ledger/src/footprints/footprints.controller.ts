import { Body, Controller, Get, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, type CallerIdentity, Roles } from '../http/caller.ts';
import { RequestIdentity, type RequestIdentityFacts } from '../http/request-identity.ts';
import { NewFootprint } from './footprints.dto.ts';
import { FootprintsService, type FootprintView, type FootprintWorking } from './footprints.service.ts';

@ApiTags('footprints')
@Controller('api/v1/footprints')
export class FootprintsController {
  constructor(private readonly footprints: FootprintsService) {}

  @Post()
  @Roles('exporter')
  @ApiOperation({ summary: 'Calculate a footprint from confirmed imports and record it' })
  create(
    @Caller() caller: CallerIdentity,
    @Body() body: NewFootprint,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<FootprintView> {
    return this.footprints.create(caller, body, identity);
  }

  @Get(':id')
  @Roles('exporter', 'body')
  @ApiOperation({ summary: 'A footprint with its whole working; a body needs the id from the exporter' })
  read(@Caller() caller: CallerIdentity, @Param('id', ParseUUIDPipe) id: string): Promise<FootprintWorking> {
    return this.footprints.read(caller, id);
  }
}
