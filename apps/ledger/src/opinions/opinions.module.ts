import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { FootprintsModule } from '../footprints/footprints.module.ts';
import { RecordingModule } from '../recording/recording.module.ts';
import { BodyStatusService } from './body-status.service.ts';
import { Opinion } from './opinion.entity.ts';
import { OpinionsController, RegistrationsController } from './opinions.controller.ts';
import { OpinionsService } from './opinions.service.ts';
import { Registration } from './registration.entity.ts';
import { RegistrationsService } from './registrations.service.ts';

@Module({
  imports: [
    TypeOrmModule.forFeature([Opinion, Registration]),
    CatalogueModule,
    FootprintsModule,
    RecordingModule,
  ],
  controllers: [OpinionsController, RegistrationsController],
  providers: [BodyStatusService, OpinionsService, RegistrationsService],
  exports: [BodyStatusService, OpinionsService],
})
export class OpinionsModule {}
