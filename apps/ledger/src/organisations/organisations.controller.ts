import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, type CallerIdentity, Roles } from '../http/caller.ts';
import { notFound } from '../http/refusal.ts';
import { RequestIdentity, type RequestIdentityFacts } from '../http/request-identity.ts';
import { type Enrolled, EnrolmentService } from './enrolment.service.ts';
import { NewOrganisation } from './organisations.dto.ts';
import { type OrganisationFacts, OrganisationsService } from './organisations.service.ts';

@ApiTags('organisations')
@ApiBearerAuth()
@Controller('api/v1/organisations')
export class OrganisationsController {
  constructor(
    private readonly organisations: OrganisationsService,
    private readonly enrolment: EnrolmentService,
  ) {}

  @Post()
  @Roles('operator')
  @ApiOperation({ summary: 'Enter an exporter, body or registrar; its API key is shown once' })
  create(
    @Body() body: NewOrganisation,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<Enrolled> {
    return this.enrolment.enrol(body, identity);
  }

  @Get('me')
  @ApiOperation({ summary: 'The organisation of the API key' })
  async me(@Caller() caller: CallerIdentity): Promise<OrganisationFacts & { id: string }> {
    const found = await this.organisations.find(caller.organisation);
    if (!found) throw notFound('organisation');
    if (found.role !== 'exporter') return { id: found.slug, ...found };
    return { id: found.slug, ...(await this.organisations.issuer(found.uuid)) };
  }
}
