import { Module } from '@nestjs/common';
import { RecorderService } from './recorder.service.ts';

@Module({ providers: [RecorderService], exports: [RecorderService] })
export class RecordingModule {}
