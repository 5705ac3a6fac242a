import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../http/caller.ts';
import { AnchoringReport, type TransactionView } from './anchoring-report.ts';

/** For the operator: what anchoring does, promises and costs. */
@ApiTags('anchoring')
@ApiBearerAuth()
@Roles('operator')
@Controller('api/v1')
export class AnchoringController {
  constructor(private readonly reports: AnchoringReport) {}

  @Get('anchoring')
  @ApiOperation({
    summary: 'Pending entries and their promised time, next anchor, costs, balance, endpoints',
  })
  report(): ReturnType<AnchoringReport['report']> {
    return this.reports.report();
  }

  @Get('transactions')
  @ApiOperation({ summary: "The service's own transactions, newest first: included, confirmed or finalized" })
  transactions(): Promise<TransactionView[]> {
    return this.reports.transactions();
  }
}
