import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Public } from '../http/caller.ts';
import { notFound } from '../http/refusal.ts';

const PAGE_SIZE = 500;

/** Minted for good: the token is in a final block. */
const MINTED = `from passport join chain_transaction sent on sent.id = passport.transaction where sent.state = 'final'`;

/**
 * Which releases there are, so that anybody can copy them (ADR 15). Those alone whose mint is final: the chain shows as
 * many tokens to everybody, with issuer and time. A passport that is not minted, a code that is reserved, a serial and a
 * lot without a passport stand in no list. In the order of the mints, so a full page never changes.
 */
@ApiTags('passports')
@Public()
@Controller('passports')
export class ReleaseIndexController {
  constructor(private readonly database: DataSource) {}

  @Get('index.json')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({ summary: 'How many releases are minted, and how many stand on a page of the list' })
  async index(): Promise<object> {
    const [row] = (await this.database.query(`select count(*)::int as count ${MINTED}`)) as {
      count: number;
    }[];
    return { format: 'anchorleaf-releases/v1', count: row?.count ?? 0, pageSize: PAGE_SIZE };
  }

  @Get('index/:page')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({ summary: 'Releases and their tokens, in the order they were minted: `index/0.json`, …' })
  async page(@Param('page') name: string): Promise<object> {
    const page = /^(0|[1-9]\d{0,8})\.json$/.exec(name)?.[1];
    if (page === undefined) throw notFound('page of the list of releases');
    const releases = (await this.database.query(
      `select release, token_id as token ${MINTED} order by sent.place limit $1 offset $2`,
      [PAGE_SIZE, PAGE_SIZE * Number(page)],
    )) as { release: string; token: string }[];
    if (releases.length === 0) throw notFound('page of the list of releases');
    return { format: 'anchorleaf-releases/v1', page: Number(page), releases };
  }
}
