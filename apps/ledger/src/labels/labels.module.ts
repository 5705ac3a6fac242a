import { Module } from '@nestjs/common';
import { PassportsModule } from '../passports/passports.module.ts';
import { LabelsController } from './labels.controller.ts';
import { LabelsService } from './labels.service.ts';

@Module({ imports: [PassportsModule], controllers: [LabelsController], providers: [LabelsService] })
export class LabelsModule {}
