import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RecordingModule } from '../recording/recording.module.ts';
import { Batch } from './batch.entity.ts';
import { BatchesService } from './batches.service.ts';
import { BatchesController, FacilitiesController, ProductsController } from './catalogue.controller.ts';
import { FacilitiesService } from './facilities.service.ts';
import { Facility } from './facility.entity.ts';
import { Product } from './product.entity.ts';
import { ProductsService } from './products.service.ts';

@Module({
  imports: [TypeOrmModule.forFeature([Facility, Product, Batch]), RecordingModule],
  controllers: [FacilitiesController, ProductsController, BatchesController],
  providers: [FacilitiesService, ProductsService, BatchesService],
  exports: [FacilitiesService, ProductsService, BatchesService],
})
export class CatalogueModule {}
