import { Controller, Get, Header, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fromHex, toBase64, toHex } from '#lib/canonical';
import { formatLogProof, parseTilePath } from '#lib/transparency-log';
import { Public } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import { CheckpointsService } from '../witness/checkpoints.service.ts';
import { type LogHead, ProofsService, type RecordedEntry } from './proofs.service.ts';
import { TileCache } from './tile-cache.ts';

/** 4,000 tiles of hashes: those of a million entries. */
const TILE_CACHE_BYTES = 32 * 1_048_576;
const FOR_EVER = 'public, max-age=31536000, immutable';

/** No log of this service has more entries. */
const LARGEST = (1n << 63n) - 1n;

function readSize(text: string | undefined, name: string): bigint {
  const value = /^(0|[1-9]\d{0,18})$/.test(text ?? '') ? BigInt(text ?? '') : LARGEST + 1n;
  if (value <= LARGEST) return value;
  throw new RefusalError({
    status: 400,
    code: 'log/malformed-number',
    detail: `${name} is ${JSON.stringify(text ?? null)}`,
    remedy: 'write a decimal number without sign or leading zero',
  });
}

const noHead = () => notFound('checkpoint yet: the log is empty');

/** Caches may pass over a query, so nothing that never changes has one. */
function requireNoQuery({ url }: FastifyRequest): void {
  if (url.includes('?')) throw notFound('such thing under an address with a query');
}

/** The log as C2SP tlog-tiles serves it, and single entries and proofs for people. Anyone may read all of it. */
@ApiTags('log')
@Public()
@Controller('log')
export class LogController {
  private readonly tiles = new TileCache(TILE_CACHE_BYTES);

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
    requireNoQuery(request);
    const path = request.url.replace(/^\/log\//, '');
    const bytes = this.tiles.get(path) ?? (await this.readTile(path));
    void reply
      .header('Content-Type', 'application/octet-stream')
      .header('Cache-Control', FOR_EVER)
      .send(bytes);
  }

  @Get('entries/:index')
  @ApiOperation({ summary: 'One entry: its exact bytes' })
  async entry(
    @Param('index') index: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireNoQuery(request);
    const { bytes } = await this.requireEntry(index);
    void reply
      .header('Content-Type', 'application/json')
      .header('Cache-Control', FOR_EVER)
      .send(Buffer.from(bytes));
  }

  @Get('entries/:index/proof')
  @ApiOperation({ summary: 'Inclusion proof with a new checkpoint and its cosignatures (C2SP tlog-proof)' })
  async proof(@Param('index') text: string, @Res() reply: FastifyReply): Promise<void> {
    await this.sendProof(reply, readSize(text, 'index'), null);
  }

  @Get('entries/:index/proof/:size')
  @ApiOperation({
    summary: 'Inclusion proof with the checkpoint of this size (C2SP tlog-proof); never changes',
  })
  async proofAt(
    @Param('index') text: string,
    @Param('size') size: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireNoQuery(request);
    await this.sendProof(reply, readSize(text, 'index'), readSize(size, 'size'));
  }

  @Get('leaves/:hash')
  @Header('Cache-Control', 'no-cache')
  @ApiOperation({ summary: 'Where the entry with this leaf hash stands' })
  async leaf(@Param('hash') hash: string): Promise<{ index: string; leafHash: string }> {
    const entry = await this.requireLeaf(hash);
    return { index: String(entry.index), leafHash: toHex(entry.leafHash) };
  }

  @Get('leaves/:hash/proof')
  @ApiOperation({ summary: 'As entries/{index}/proof, by leaf hash' })
  async leafProof(@Param('hash') hash: string, @Res() reply: FastifyReply): Promise<void> {
    await this.sendProof(reply, (await this.requireLeaf(hash)).index, null);
  }

  @Get('leaves/:hash/proof/:size')
  @ApiOperation({ summary: 'As entries/{index}/proof/{size}, by leaf hash' })
  async leafProofAt(
    @Param('hash') hash: string,
    @Param('size') size: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireNoQuery(request);
    await this.sendProof(reply, (await this.requireLeaf(hash)).index, readSize(size, 'size'));
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

  private async readTile(path: string): Promise<Buffer> {
    const tile = parseTilePath(path);
    const { size } = await this.requireHead();
    // not before it is published: a tile is never ahead of the checkpoint that covers it
    const level = tile.level === 'entries' ? 0 : tile.level;
    const isCovered = (256n * tile.index + BigInt(tile.width)) << BigInt(8 * level) <= size;
    const bytes = isCovered ? await this.proofs.tile(tile) : null;
    if (!bytes) throw notFound('tile of a log of this size');
    if (tile.width === 256) this.tiles.set(path, bytes);
    return bytes;
  }

  private async requireHead(): Promise<LogHead> {
    const head = await this.proofs.head();
    if (!head) throw noHead();
    return head;
  }

  /**
   * With a size the bytes are for ever the same: the checkpoint then has the log's signature alone, for there is no
   * telling which cosignatures will still come.
   */
  private async sendProof(reply: FastifyReply, index: bigint, atSize: bigint | null): Promise<void> {
    const head =
      atSize === null ? await this.checkpoints.covering(index) : await this.checkpoints.published(atSize);
    if (!head || head.size <= index)
      throw notFound(
        atSize === null ? `entry ${index}` : `entry ${index} under a published head of size ${atSize}`,
      );
    const proof = await this.proofs.inclusion(index, head.size);
    void reply
      .header('Content-Type', 'text/plain; charset=utf-8')
      .header('Content-Disposition', `inline; filename="${index}.tlog-proof"`)
      .header('Cache-Control', atSize === null ? 'no-cache' : FOR_EVER)
      .send(formatLogProof({ index, proof, checkpoint: head.checkpoint }));
  }

  private async requireLeaf(hash: string): Promise<RecordedEntry> {
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw new RefusalError({
        status: 400,
        code: 'log/malformed-hash',
        detail: `the leaf hash is ${JSON.stringify(hash.slice(0, 80))}`,
        remedy: 'write 64 lower-case hex digits',
      });
    const entry = await this.proofs.entryByLeaf(fromHex(hash));
    if (!entry) throw notFound('entry with this leaf hash');
    return entry;
  }

  private async requireEntry(index: string): Promise<RecordedEntry> {
    const entry = await this.proofs.entry(readSize(index, 'index'));
    if (!entry) throw notFound(`entry ${index}`);
    return entry;
  }
}
