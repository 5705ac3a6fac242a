import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { FootprintsModule } from '../footprints/footprints.module.ts';
import { OpinionsModule } from '../opinions/opinions.module.ts';
import { RecordingModule } from '../recording/recording.module.ts';
import { BundleService } from './bundle.service.ts';
import { BundleContentsService } from './bundle-contents.service.ts';
import { MintsService } from './mints.service.ts';
import { Passport } from './passport.entity.ts';
import { PassportViewsService } from './passport-views.service.ts';
import { PassportsController } from './passports.controller.ts';
import { PassportsService } from './passports.service.ts';
import { ReleaseIndexController } from './release-index.controller.ts';
import { ReleasesService } from './releases.service.ts';

@Module({
  imports: [
    TypeOrmModule.forFeature([Passport]),
    CatalogueModule,
    FootprintsModule,
    OpinionsModule,
    RecordingModule,
  ],
  controllers: [PassportsController, ReleaseIndexController],
  providers: [
    BundleContentsService,
    BundleService,
    MintsService,
    PassportsService,
    PassportViewsService,
    ReleasesService,
  ],
  exports: [BundleService, PassportViewsService, ReleasesService],
})
export class PassportsModule {}
