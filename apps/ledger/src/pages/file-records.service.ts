import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ContentId, contentId } from '#lib/canonical';
import { blindSubject, entryBytes, makeEntry } from '#lib/record';
import { Clock } from '../clock.ts';
import { Installation } from '../installation/installation.ts';
import { methodIds } from '../installation/methods.ts';
import { LogService } from '../log/log.service.ts';
import { AssetsService } from './assets.ts';

const RETRY_MS = 10_000;

type FileKind = 'page/v1' | 'method/v1';

/**
 * Records the files that readers run: one entry for each file of the pages and each method, by its SHA-256, once. Whoever
 * fetches a page anonymously can then tell whether it is served what everybody is (docs/auditing.md).
 */
@Injectable()
export class FileRecords implements BeforeApplicationShutdown {
  private readonly logger = new Logger('files');
  private timer: NodeJS.Timeout | null = null;
  private isClosing = false;

  constructor(
    private readonly assets: AssetsService,
    private readonly log: LogService,
    private readonly database: DataSource,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {}

  /** Without waiting; again and again while the log takes no entries. */
  recordSoon(): void {
    this.record().catch((error) => {
      this.logger.warn(`the files of the pages are not recorded yet: ${(error as Error).message}`);
      if (this.isClosing) return;
      this.timer = setTimeout(() => this.recordSoon(), RETRY_MS);
      this.timer.unref();
    });
  }

  /** All that are missing, in one append. A crash leaves all of them or none; the next start looks again. */
  async record(): Promise<readonly ContentId[]> {
    const files = new Map<ContentId, FileKind>();
    for (const bytes of await this.assets.all()) files.set(contentId(bytes), 'page/v1');
    for (const id of await methodIds()) files.set(id as ContentId, 'method/v1');
    const rows = (await this.database.query(
      "select content from log_entry where content = any($1::text[]) and kind in ('page/v1', 'method/v1')",
      [[...files.keys()]],
    )) as { content: ContentId }[];
    for (const { content } of rows) files.delete(content);
    const entries = [...files].map(([content, kind]) =>
      entryBytes(
        makeEntry({
          kind,
          subject: blindSubject('', content),
          issuer: this.installation.operatorDid,
          time: this.clock.stamp(),
          content,
          refs: [],
        }),
      ),
    );
    if (entries.length > 0) await this.log.record({ entries });
    return [...files.keys()];
  }

  beforeApplicationShutdown(): void {
    this.isClosing = true;
    if (this.timer) clearTimeout(this.timer);
  }
}
