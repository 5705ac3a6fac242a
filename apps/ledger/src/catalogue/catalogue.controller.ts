import { Body, Controller, Get, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, type CallerIdentity, Roles } from '../http/caller.ts';
import { RequestIdentity, type RequestIdentityFacts } from '../http/request-identity.ts';
import { BatchesService, type BatchView } from './batches.service.ts';
import { NewBatch, NewFacility, NewProduct } from './catalogue.dto.ts';
import { FacilitiesService, type FacilityView } from './facilities.service.ts';
import { ProductsService, type ProductView } from './products.service.ts';

@ApiTags('catalogue')
@Roles('exporter')
@Controller('api/v1/facilities')
export class FacilitiesController {
  constructor(private readonly facilities: FacilitiesService) {}

  @Post()
  @ApiOperation({ summary: 'Register a facility' })
  create(
    @Caller() caller: CallerIdentity,
    @Body() body: NewFacility,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<FacilityView> {
    return this.facilities.create(caller, body, identity);
  }

  @Get()
  @ApiOperation({ summary: 'Own facilities' })
  list(@Caller() caller: CallerIdentity): Promise<FacilityView[]> {
    return this.facilities.list(caller.organisation);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One own facility' })
  async read(
    @Caller() caller: CallerIdentity,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<FacilityView> {
    return this.facilities.view(await this.facilities.find(caller.organisation, id));
  }
}

@ApiTags('catalogue')
@Roles('exporter')
@Controller('api/v1/products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Post()
  @ApiOperation({ summary: 'Register a product under a GTIN or an own identifier' })
  create(
    @Caller() caller: CallerIdentity,
    @Body() body: NewProduct,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<ProductView> {
    return this.products.create(caller, body, identity);
  }

  @Get()
  @ApiOperation({ summary: 'Own products' })
  list(@Caller() caller: CallerIdentity): Promise<ProductView[]> {
    return this.products.list(caller.organisation);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One own product' })
  async read(@Caller() caller: CallerIdentity, @Param('id', ParseUUIDPipe) id: string): Promise<ProductView> {
    return this.products.view(await this.products.find(caller.organisation, id));
  }
}

@ApiTags('catalogue')
@Roles('exporter')
@Controller('api/v1/batches')
export class BatchesController {
  constructor(private readonly batches: BatchesService) {}

  @Post()
  @ApiOperation({ summary: 'Register a batch of a product' })
  create(
    @Caller() caller: CallerIdentity,
    @Body() body: NewBatch,
    @RequestIdentity() identity: RequestIdentityFacts,
  ): Promise<BatchView> {
    return this.batches.create(caller, body, identity);
  }

  @Get()
  @ApiOperation({ summary: 'Own batches, newest first' })
  list(@Caller() caller: CallerIdentity): Promise<BatchView[]> {
    return this.batches.list(caller.organisation);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One own batch' })
  async read(@Caller() caller: CallerIdentity, @Param('id', ParseUUIDPipe) id: string): Promise<BatchView> {
    return this.batches.view(await this.batches.find(caller.organisation, id));
  }
}
