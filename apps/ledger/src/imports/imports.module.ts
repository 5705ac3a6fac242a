import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { FilesModule } from '../files/files.module.ts';
import { RecordingModule } from '../recording/recording.module.ts';
import { Import } from './import.entity.ts';
import { ImportsController } from './imports.controller.ts';
import { ImportsService } from './imports.service.ts';
import { ParserService } from './parser.service.ts';

@Module({
  imports: [TypeOrmModule.forFeature([Import]), CatalogueModule, FilesModule, RecordingModule],
  controllers: [ImportsController],
  providers: [ImportsService, ParserService],
  exports: [ImportsService],
})
export class ImportsModule {}
