import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoggerModule } from 'nestjs-pino';
import { databaseOptions } from './database/data-source.ts';
import { FeaturesModule } from './features.module.ts';
import { loggerOptions } from './health/logging.ts';
import { AuthGuard } from './http/auth.guard.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { type Ground, PlatformModule } from './platform.module.ts';

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest asks for a class
export class AppModule {
  static on(ground: Ground): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot(loggerOptions(ground.config.logLevel)),
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            ...databaseOptions(ground.database.url),
            autoLoadEntities: true,
            retryAttempts: 1,
          }),
        }),
        PlatformModule.on(ground),
        FeaturesModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
    };
  }
}
