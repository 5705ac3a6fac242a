import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../http/caller.ts';
import { InstallationRoot, type TrustRoot } from './root.service.ts';

@ApiTags('verify')
@Controller('verify')
export class RootController {
  constructor(private readonly root: InstallationRoot) {}

  @Public()
  @Get('root.json')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({
    summary: "The operator's trust root: a hint, for a root must come from elsewhere than the record",
  })
  read(): Promise<TrustRoot> {
    return this.root.make();
  }
}
