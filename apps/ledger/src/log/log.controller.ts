import { Controller, Get, Header, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fromHex, toBase64, toHex } from '#lib/canonical';
import { formatLogProof, parseTilePath } from '#lib/transparency-log';
import { Public } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import { CheckpointsService } from '../witness/checkpoints.service.ts';
import { type LogHead, ProofsService, type RecordedEntry } from './proofs.service.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';

function readSize(text: string | undefined, name: string): bigint {
  if (text !== undefined && /^(0|[1-9]\d{0,18})$/.test(text)) return BigInt(text);
  throw new RefusalError({
    status: 400,
    code: 'log/malformed-number',
    detail: `${name} is ${JSON.stringify(text ?? null)}`,
    remedy: 'write a decimal number without sign or leading zero',
  });
}

const noHead = () => notFound('checkpoint yet: the log is empty');

/** The log as C2SP tlog-tiles serves it, and single entries and proofs for people. Anyone may read all of it. */
@ApiTags('log')
@Public()
@Controller('log')
export class LogController {
  constructor(
    private readonly proofs: ProofsService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  @Get('checkpoint')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({ summary: 'Newest signed head (C2SP tlog-checkpoint)' })
  async checkpoint(): Promise<string> {
    const head = await this.checkpoints.newest();
    if (!head) throw noHead();
    return head.checkpoint;
  }

  @Get('tile/*')
  @ApiOperation({ summary: 'Tiles of hashes and entries (C2SP tlog-tiles)' })
  async tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.url.includes('?')) throw notFound('tile under an address with a query');
    const tile = parseTilePath(request.url.replace(/^\/log\//, ''));
    const { size } = await this.requireHead();
    // not before it is published: a tile is never ahead of the checkpoint that covers it
    const level = tile.level === 'entries' ? 0 : tile.level;
    const isCovered = (256n * tile.index + BigInt(tile.width)) << BigInt(8 * level) <= size;
    const bytes = isCovered ? await this.proofs.tile(tile) : null;
    if (!bytes) throw notFound('tile of a log of this size');
    void reply
      .header('Content-Type', 'application/octet-stream')
      .header('Cache-Control', FOR_EVER)
      .send(bytes);
  }

  @Get('entries/:index')
  @ApiOperation({ summary: 'One entry: its exact bytes' })
  async entry(@Param('index') index: string, @Res() reply: FastifyReply): Promise<void> {
    const { bytes } = await this.requireEntry(index);
    void reply
      .header('Content-Type', 'application/json')
      .header('Cache-Control', FOR_EVER)
      .send(Buffer.from(bytes));
  }

  @Get('entries/:index/proof')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({ summary: 'Inclusion proof with the newest checkpoint (C2SP tlog-proof)' })
  async proof(@Param('index') text: string): Promise<string> {
    const { index } = await this.requireEntry(text);
    const { size, checkpoint } = await this.requireHead();
    return formatLogProof({ index, proof: await this.proofs.inclusion(index, size), checkpoint });
  }

  @Get('leaves/:hash')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({ summary: 'Where the entry with this leaf hash stands' })
  async leaf(@Param('hash') hash: string): Promise<{ index: string; leafHash: string }> {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw notFound('entry with a leaf hash that is not 64 hex digits');
    const entry = await this.proofs.entryByLeaf(fromHex(hash));
    if (!entry) throw notFound('entry with this leaf hash');
    return { index: String(entry.index), leafHash: toHex(entry.leafHash) };
  }

  @Get('consistency')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({
    summary: 'Proof that the log of size `to` extends the log of size `from` (RFC 9162 §2.1.4)',
  })
  async consistency(
    @Query('from') from?: string,
    @Query('to') to?: string,
  ): Promise<{ from: string; to: string; proof: string[] }> {
    const { size } = await this.requireHead();
    const target = to === undefined ? size : readSize(to, 'to');
    if (target > size) throw notFound(`head of size ${target}`);
    const proof = await this.proofs.consistency(readSize(from, 'from'), target);
    return { from: String(from), to: String(target), proof: proof.map(toBase64) };
  }

  private async requireHead(): Promise<LogHead> {
    const head = await this.proofs.head();
    if (!head) throw noHead();
    return head;
  }

  private async requireEntry(index: string): Promise<RecordedEntry> {
    const entry = await this.proofs.entry(readSize(index, 'index'));
    if (!entry) throw notFound(`entry ${index}`);
    return entry;
  }
}
