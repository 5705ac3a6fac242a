import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, type CallerIdentity, Roles } from '../http/caller.ts';
import { RequestIdentity, type RequestIdentityFacts } from '../http/request-identity.ts';
import { MAX_ITEMS } from './items.ts';
import { MintsService } from './mints.service.ts';
import { type PassportView, PassportViewsService } from './passport-views.service.ts';
import { NewPassport, SerialsQuery } from './passports.dto.ts';
import { PassportsService } from './passports.service.ts';

@ApiTags('passports')
@Roles('exporter')
@Controller('api/v1/passports')
export class PassportsController {
  constructor(
    private readonly passports: PassportsService,
    private readonly mints: MintsService,
    private readonly views: PassportViewsService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Issue the passport of a batch; recorded at once, minted soon' })
  create(
    @Caller() caller: CallerIdentity,
    @Body() body: NewPassport,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<PassportView> {
    return this.passports.create(caller, body, identity);
  }

  @Get()
  @ApiOperation({ summary: 'Own passports, newest first' })
  list(@Caller() caller: CallerIdentity): Promise<PassportView[]> {
    return this.views.list(caller.organisation);
  }

  @Get(':release')
  @ApiOperation({ summary: 'How far an own passport has come' })
  async read(@Caller() caller: CallerIdentity, @Param('release') release: string): Promise<PassportView> {
    return this.views.view(await this.views.find(caller.organisation, release));
  }

  @Post(':release/mint')
  @HttpCode(200)
  @ApiOperation({ summary: 'Order a mint again that the chain refused; what was recorded stays as it is' })
  mintAgain(@Caller() caller: CallerIdentity, @Param('release') release: string): Promise<PassportView> {
    return this.mints.again(caller, release);
  }

  @Get(':release/serials')
  @ApiOperation({ summary: 'Serials of the items, for the labels; own ones only' })
  async serials(
    @Caller() caller: CallerIdentity,
    @Param('release') release: string,
    @Query() { from, count }: SerialsQuery,
  ): Promise<{ serials: string[]; total: number }> {
    const row = await this.views.find(caller.organisation, release);
    return this.views.serials(row, from ?? 0, count ?? MAX_ITEMS);
  }
}
