// Changes one number in the store that ordinary scans are served from, as somebody with the database could.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { DATA_DIR } from './service.ts';

export type Tampering = {
  readonly where: string;
  readonly before: string;
  readonly after: string;
  restore(): Promise<void>;
};

function databaseUrl(): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const path = join(DATA_DIR, 'postgres', 'connection.json');
  if (!existsSync(path)) throw new Error(`${path} is missing: which database does the service use?`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { url: string }).url;
}

/**
 * Raises the result of a footprint in its stored bytes by one in the last digit of the number.
 * @param content content id of the footprint document
 * @param number the number that the passport shows
 */
export async function tamperWithFootprint(content: string, number: string): Promise<Tampering> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    const found = await client.query<{ bytes: Buffer }>('select bytes from document where id = $1', [
      content,
    ]);
    const bytes = found.rows[0]?.bytes;
    if (!bytes) throw new Error(`document ${content} is not in the store`);
    const last = number.at(-1) === '9' ? '8' : String(Number(number.at(-1)) + 1);
    const changed = `${number.slice(0, -1)}${last}`;
    const text = bytes.toString('utf8');
    if (!text.includes(`"${number}"`)) throw new Error(`the stored footprint does not hold ${number}`);
    await write(content, Buffer.from(text.replace(`"${number}"`, `"${changed}"`)));
    const restore = () => write(content, bytes);
    return { where: `PostgreSQL, table document, id ${content}`, before: number, after: changed, restore };
  } finally {
    await client.end();
  }
}

async function write(content: string, bytes: Buffer): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    await client.query('begin');
    // a thief with the database's own password is not stopped by triggers; neither are we here
    await client.query("set local session_replication_role = 'replica'");
    await client.query('update document set bytes = $2 where id = $1', [content, bytes]);
    await client.query('commit');
  } finally {
    await client.end();
  }
}
