import { createHash, createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../clock.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { Installation } from '../installation/installation.ts';
import { formatApiKey } from '../installation/keys.ts';

const REMEMBER_MS = 5_000;
const REMEMBER_MOST = 10_000;

/** SHA-256 is enough for 32 random bytes: there is nothing to guess. */
function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** API keys: the database has only their hashes. */
@Injectable()
export class ApiKeysService {
  // a scan of thousands of codes comes with one key; a revoked key stops working after this many milliseconds
  private readonly seen = new Map<string, { caller: CallerIdentity; until: number }>();

  constructor(
    private readonly database: DataSource,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {}

  /** The first key of an organisation, a function of its id: a repeated request for it gets the same answer. */
  firstKeyOf(organisation: string): string {
    const mac = createHmac('sha256', this.installation.apiKeySecret).update(organisation).digest();
    return formatApiKey(new Uint8Array(mac));
  }

  async allow(tx: EntityManager, organisation: string, key: string): Promise<void> {
    await tx.query(
      'insert into api_key (hash, organisation, created_at) values ($1, $2, $3) on conflict (hash) do nothing',
      [hashKey(key), organisation, this.clock.now()],
    );
  }

  /** Null for a key that is not known or was revoked. */
  async callerOf(key: string): Promise<CallerIdentity | null> {
    const hash = hashKey(key);
    const id = hash.toString('base64');
    const remembered = this.seen.get(id);
    const now = Date.now();
    if (remembered && remembered.until > now) return remembered.caller;
    const [caller] = (await this.database.query(
      `select organisation.id as organisation, slug, did, role from api_key
       join organisation on organisation.id = api_key.organisation where hash = $1 and revoked_at is null`,
      [hash],
    )) as CallerIdentity[];
    if (!caller) {
      this.seen.delete(id);
      return null;
    }
    if (this.seen.size >= REMEMBER_MOST) this.seen.clear();
    this.seen.set(id, { caller, until: now + REMEMBER_MS });
    return caller;
  }
}
