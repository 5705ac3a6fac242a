import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { ImportsModule } from '../imports/imports.module.ts';
import { RecordingModule } from '../recording/recording.module.ts';
import { Footprint } from './footprint.entity.ts';
import { FootprintsController } from './footprints.controller.ts';
import { FootprintsService } from './footprints.service.ts';
import { MethodService } from './method.service.ts';

@Module({
  imports: [TypeOrmModule.forFeature([Footprint]), CatalogueModule, ImportsModule, RecordingModule],
  controllers: [FootprintsController],
  providers: [FootprintsService, MethodService],
  exports: [FootprintsService, MethodService],
})
export class FootprintsModule {}
