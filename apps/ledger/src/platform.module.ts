import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AnchorLoop } from './anchoring/anchor-loop.ts';
import { AnchoringController } from './anchoring/anchoring.controller.ts';
import { AnchoringReport } from './anchoring/anchoring-report.ts';
import { AnchorsService } from './anchoring/anchors.service.ts';
import { BalanceService } from './anchoring/balance.service.ts';
import { ChainWatch } from './anchoring/chain-watch.ts';
import { SenderService } from './anchoring/sender.service.ts';
import { ChainService, OpenedChain } from './chain/chain.service.ts';
import { RpcController } from './chain/rpc.controller.ts';
import { TransactionsController } from './chain/transactions.controller.ts';
import { ChainEventsService } from './chain-events/chain-events.service.ts';
import { Clock } from './clock.ts';
import { Config } from './config.ts';
import { DatabaseUrl } from './database/database-url.ts';
import { ContentController } from './documents/content.controller.ts';
import { DocumentsService } from './documents/documents.service.ts';
import { HealthController } from './health/health.controller.ts';
import { MetricsService } from './health/metrics.service.ts';
import { Installation } from './installation/installation.ts';
import { RootController } from './installation/root.controller.ts';
import { InstallationRoot } from './installation/root.service.ts';
import { JobsService } from './jobs/jobs.service.ts';
import { AppendRoute } from './log/append.route.ts';
import { AppendChecks } from './log/append-checks.ts';
import { LogController } from './log/log.controller.ts';
import { LogService } from './log/log.service.ts';
import { ProofsService } from './log/proofs.service.ts';
import { Sequencer } from './log/sequencer.ts';
import { WriterLease } from './log/writer-lease.ts';
import { ApiKeysService } from './organisations/api-keys.service.ts';
import { DidController } from './organisations/did.controller.ts';
import { EnrolmentService } from './organisations/enrolment.service.ts';
import { OrganisationsController } from './organisations/organisations.controller.ts';
import { OrganisationsService } from './organisations/organisations.service.ts';
import { Random } from './random.ts';
import { RecordingModule } from './recording/recording.module.ts';
import { CheckpointsService } from './witness/checkpoints.service.ts';
import { WitnessRoute } from './witness/witness.route.ts';
import { WitnessService } from './witness/witness.service.ts';
import { WitnessEvidence } from './witness/witness-evidence.service.ts';
import { WitnessLoop } from './witness/witness-loop.ts';

/** What was opened before the application: settings, data folder, database, chain, time and chance. */
export type Ground = {
  readonly config: Config;
  readonly installation: Installation;
  readonly database: DatabaseUrl;
  readonly chain: OpenedChain;
  readonly clock: Clock;
  readonly random: Random;
};

const SERVICES = [
  AnchoringReport,
  AnchorLoop,
  AnchorsService,
  ApiKeysService,
  AppendChecks,
  AppendRoute,
  BalanceService,
  ChainEventsService,
  ChainService,
  ChainWatch,
  CheckpointsService,
  DocumentsService,
  EnrolmentService,
  InstallationRoot,
  JobsService,
  LogService,
  MetricsService,
  OrganisationsService,
  ProofsService,
  SenderService,
  Sequencer,
  WitnessEvidence,
  WitnessLoop,
  WitnessRoute,
  WitnessService,
  WriterLease,
];

const CONTROLLERS = [
  AnchoringController,
  ContentController,
  DidController,
  HealthController,
  LogController,
  OrganisationsController,
  RootController,
  RpcController,
  TransactionsController,
];

/** What every feature stands on; global, so that features import nothing. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest asks for a class
export class PlatformModule {
  static on(ground: Ground): DynamicModule {
    const opened = [
      { provide: Config, useValue: ground.config },
      { provide: Installation, useValue: ground.installation },
      { provide: DatabaseUrl, useValue: ground.database },
      { provide: OpenedChain, useValue: ground.chain },
      { provide: Clock, useValue: ground.clock },
      { provide: Random, useValue: ground.random },
    ];
    const providers = [...opened, ...SERVICES];
    return {
      module: PlatformModule,
      imports: [TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' }), RecordingModule],
      controllers: CONTROLLERS,
      providers,
      exports: providers,
    };
  }
}
