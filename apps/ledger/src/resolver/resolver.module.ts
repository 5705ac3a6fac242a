import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PassportsModule } from '../passports/passports.module.ts';
import { ResolverController } from './resolver.controller.ts';
import { ResolverService } from './resolver.service.ts';

@Module({
  imports: [CatalogueModule, PagesModule, PassportsModule],
  controllers: [ResolverController],
  providers: [ResolverService],
})
export class ResolverModule {}
