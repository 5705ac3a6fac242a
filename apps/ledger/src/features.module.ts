import { Module } from '@nestjs/common';
import { CatalogueModule } from './catalogue/catalogue.module.ts';
import { FootprintsModule } from './footprints/footprints.module.ts';
import { ImportsModule } from './imports/imports.module.ts';
import { LabelsModule } from './labels/labels.module.ts';
import { OpinionsModule } from './opinions/opinions.module.ts';
import { PagesModule } from './pages/pages.module.ts';
import { PassportsModule } from './passports/passports.module.ts';
import { ResolverModule } from './resolver/resolver.module.ts';

/** What people use: from a factory's catalogue to the page behind a printed code. */
@Module({
  imports: [
    CatalogueModule,
    ImportsModule,
    FootprintsModule,
    OpinionsModule,
    PassportsModule,
    LabelsModule,
    ResolverModule,
    PagesModule,
  ],
})
export class FeaturesModule {}
