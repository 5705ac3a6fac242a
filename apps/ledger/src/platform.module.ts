import { Global, Module } from '@nestjs/common';
import { AnchorsService } from './anchoring/anchors.service.ts';
import { SenderService } from './anchoring/sender.service.ts';
import { ChainService } from './chain/chain.service.ts';
import { DocumentsService } from './documents/documents.service.ts';
import { JobsService } from './jobs/jobs.service.ts';
import { LogService } from './log/log.service.ts';
import { ProofsService } from './log/proofs.service.ts';
import { OrganisationsService } from './organisations/organisations.service.ts';

const SERVICES = [
  AnchorsService,
  ChainService,
  DocumentsService,
  JobsService,
  LogService,
  OrganisationsService,
  ProofsService,
  SenderService,
];

/** What every feature stands on; global, so features import nothing. Clock, Random, Config and Installation too. */
@Global()
@Module({ providers: SERVICES, exports: SERVICES })
export class PlatformModule {}
