import { Module } from '@nestjs/common';
import { FootprintsModule } from '../footprints/footprints.module.ts';
import { PassportsModule } from '../passports/passports.module.ts';
import { AssetsService } from './assets.ts';
import { FileRecords } from './file-records.service.ts';
import { LandingPage } from './landing-page.ts';
import { LotPage } from './lot-page.ts';
import { NotKnownPage } from './not-known-page.ts';
import { PagesController } from './pages.controller.ts';
import { PassportPages } from './passport-pages.service.ts';
import { ProblemPage } from './problem-page.ts';
import { VerifyController } from './verify.controller.ts';
import { VerifyService } from './verify.service.ts';

@Module({
  imports: [FootprintsModule, PassportsModule],
  controllers: [PagesController, VerifyController],
  providers: [
    AssetsService,
    FileRecords,
    LandingPage,
    LotPage,
    NotKnownPage,
    PassportPages,
    ProblemPage,
    VerifyService,
  ],
  exports: [LotPage, NotKnownPage],
})
export class PagesModule {}
