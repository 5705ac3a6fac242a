import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ContentId, canonicalBytes, contentId, isContentId } from '#lib/canonical';
import { DisclosureError, digestForm } from '#lib/disclosure';
import { type DocumentType, HIDEABLE, parseEntry } from '#lib/record';
import { Public } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { DocumentsService, type StoredDocument } from './documents.service.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';

/** What an auditor needs to judge entries and chain events by; figures of makers are not among it. */
const PUBLIC_TYPES: readonly DocumentType[] = [
  'key/v1',
  'delegation/v1',
  'organisation/v1',
  'import/v1',
  'opinion/v1',
  'registration/v1',
  'correction/v1',
  'withdrawal/v1',
  'status/v1',
];

/** Public documents behind entries, docs/formats/content.md: the digested form, whose SHA-256 is the id itself. */
@ApiTags('log')
@Public()
@Controller('/log/contents')
export class ContentController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly proofs: ProofsService,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'A public document behind an entry; withheld values stand as digests' })
  async read(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // caches may pass over a query
    if (request.url.includes('?')) throw notFound('document under an address with a query');
    const stored = isContentId(id) ? await this.documents.load(id as ContentId) : null;
    if (!stored) await this.refuseMissing(id);
    if (!stored || !(PUBLIC_TYPES as readonly string[]).includes(stored.type))
      throw notFound('public document with this content id');
    if ('erased' in stored)
      throw new RefusalError({
        status: 410,
        code: 'content/erased',
        detail: `${id} was removed on ${stored.erased.toISOString().slice(0, 10)}; its entry stays`,
        remedy: 'nothing is to be done: the text is gone for good',
      });
    void reply
      .header('Content-Type', 'application/json')
      .header('Cache-Control', FOR_EVER)
      .send(Buffer.from(digestedBytes(stored)));
  }

  /**
   * Recorded, and not kept here: after a loss that a mirror could not make good, or recorded by somebody who keeps the
   * text. No reader may take that for a text that was changed. @throws RefusalError 404 `content/missing`
   */
  private async refuseMissing(id: string): Promise<void> {
    const [recorded] = await this.proofs.entriesByContent([id]);
    const kind = recorded && parseEntry(recorded.bytes).kind;
    if (!recorded || !(PUBLIC_TYPES as readonly string[]).includes(kind ?? '')) return;
    throw new RefusalError({
      status: 404,
      code: 'content/missing',
      detail: `entry ${recorded.index} records ${kind} ${id}, whose document is not kept here`,
      remedy: 'look for it in a mirror of this log, or with whoever recorded it; the entry stands',
    });
  }
}

/** @throws RefusalError 409 `content/altered`: what does not hash to its id must not be kept by caches under it */
function digestedBytes({ id, type, doc, salts }: StoredDocument): Uint8Array {
  try {
    const bytes = canonicalBytes(digestForm(doc, HIDEABLE[type as DocumentType], salts));
    if (contentId(bytes) === id) return bytes;
  } catch (error) {
    if (!(error instanceof DisclosureError)) throw error;
  }
  throw new RefusalError({
    status: 409,
    code: 'content/altered',
    detail: `the stored text of ${type} ${id} is not the recorded one`,
    remedy: 'tell the operator: restore the document from a backup; the log holds its hash',
  });
}
