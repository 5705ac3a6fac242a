// PostgreSQL's COPY over a connection of pg, as streams, and its text format (PostgreSQL manual, "COPY", "File Formats"):
// a line a row, tabs between values, \N for null, a backslash before what would be misread. Any psql can read these files.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { Client } from 'pg';

/** The part of pg's connection that COPY needs (pg 8, lib/connection.js); its types do not describe it. */
type Connection = {
  readonly stream: NodeJS.WritableStream & {
    pause(): void;
    resume(): void;
    readonly writableNeedDrain: boolean;
  };
  query(sql: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
};

/** A value of a row in its text form; bytea is `\x…`, timestamps are ISO 8601 in the session's zone. */
export type Row = readonly (string | null)[];

/** The rows of `copy … to stdout`, as they come. The reader's pace is the server's: memory stays flat. */
export function copyOut(client: Client, sql: string): AsyncIterable<Buffer> {
  let connection: Connection | null = null;
  const stream = new Readable({ read: () => connection?.stream.resume(), highWaterMark: 1 << 20 });
  let failure: Error | null = null;
  const query = {
    submit: (given: Connection) => {
      connection = given;
      connection.query(sql);
    },
    handleCopyData: ({ chunk }: { chunk: Buffer }) => {
      // a copy: pg reads the next packet into the same memory
      if (!stream.push(Buffer.from(chunk))) connection?.stream.pause();
    },
    handleCommandComplete: () => undefined,
    handleError: (error: Error) => {
      failure = error;
      connection = null;
      stream.destroy(error);
    },
    handleReadyForQuery: () => {
      connection = null;
      if (!failure) stream.push(null);
    },
  };
  client.query(query as never);
  return stream;
}

/** `copy … from stdin` with these bytes. @returns how many rows were taken */
export async function copyIn(
  client: Client,
  sql: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    let failure: Error | null = null;
    const feed = async (connection: Connection) => {
      try {
        for await (const chunk of chunks) {
          if (failure) return;
          connection.sendCopyFromChunk(chunk);
          if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
        }
        connection.endCopyFrom();
      } catch (error) {
        failure ??= error as Error;
        connection.sendCopyFail(String((error as Error).message));
      }
    };
    const query = {
      // no value: pg takes one for an error
      submit: (connection: Connection) => {
        connection.query(sql);
      },
      handleCopyInResponse: (connection: Connection) => void feed(connection),
      handleCommandComplete: ({ text }: { text: string }) => {
        count = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
      },
      handleError: (error: Error) => {
        failure ??= error;
        reject(failure);
      },
      handleReadyForQuery: () => (failure ? reject(failure) : resolve(count)),
    };
    client.query(query as never);
  });
}

/** The rows in a stream of COPY text. @throws Error for text that is none */
export async function* readRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let from = 0;
    const bytes: Buffer = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
      yield bytes.toString('utf8', from, end).split('\t').map(readValue);
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) throw new Error('the last row is cut off');
}

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function readValue(text: string): string | null {
  if (text === '\\N') return null;
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/gs, (_, character: string) => ESCAPED[character] ?? character);
}

/** The bytes of a bytea value. */
export function readBytea(value: string | null | undefined): Buffer {
  if (!value?.startsWith('\\x')) throw new Error('a column that should hold bytes holds something else');
  return Buffer.from(value.slice(2), 'hex');
}
