// Lines to Postgres and to the chain that fail at one chosen write: before it arrives, or after it was done and before
// anybody heard of it. The program under test is the product as it is; all faults come from outside of it.
import { createServer, request, type Server } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createLine,
  type Server as Line,
  type Socket,
} from 'node:net';

/** `lost`: the write never arrives. `unheard`: it is done, the answer is lost. */
export type Loss = 'lost' | 'unheard';
/**
 * Fails the next write whose text matches, once; with `after`, the next on a connection that ran such a statement since
 * its last commit. `atOnce` runs at that moment, before anything else moves on.
 */
export type Trap = {
  readonly on: RegExp;
  readonly after?: RegExp;
  readonly loss: Loss;
  readonly atOnce: () => void;
};

/** Something that a trap can be set in. */
export type FaultyLine = {
  readonly url: string;
  /** Gives a promise of the moment when the trap has closed. */
  set(trap: Trap): Promise<void>;
  stop(): Promise<void>;
};

/** Messages of one direction of PostgreSQL's protocol 3: a type byte (but for the first), a length, a body. */
class Messages {
  private rest = Buffer.alloc(0);
  constructor(private hasType: boolean) {}

  *read(chunk: Buffer): Generator<{ readonly type: string; readonly body: Buffer; readonly whole: Buffer }> {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      const head = this.hasType ? 1 : 0;
      if (this.rest.length < head + 4) return;
      const length = head + this.rest.readInt32BE(head);
      if (this.rest.length < length) return;
      const whole = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      yield {
        type: this.hasType ? String.fromCharCode(whole[0] ?? 0) : '',
        body: whole.subarray(head + 4),
        whole,
      };
      this.hasType = true;
    }
  }
}

const textAt = (body: Buffer, from: number) => body.toString('utf8', from, body.indexOf(0, from));

/** What statement a connection is about to run: prepared ones are known by the name they were given. */
class Statements {
  private readonly prepared = new Map<string, string>();
  private bound = '';

  /** The text that this message sets going; null for any other message. */
  running(type: string, body: Buffer): string | null {
    if (type === 'Q') return textAt(body, 0);
    if (type === 'E') return this.bound;
    const first = type === 'P' || type === 'B' ? textAt(body, 0) : '';
    if (type === 'P') this.prepared.set(first, textAt(body, Buffer.byteLength(first) + 1));
    // Bind: portal, then statement
    if (type === 'B') this.bound = this.prepared.get(textAt(body, Buffer.byteLength(first) + 1)) ?? '';
    return null;
  }
}

/** `target` is asked for each connection: a server that comes again may have another port. */
export async function startPostgresProxy(target: () => string): Promise<FaultyLine> {
  const sockets = new Set<Socket>();
  const trapdoor = new Trapdoor();
  const line: Line = createLine((client) => {
    const { hostname, port } = new URL(target());
    const server = connect(Number(port), hostname);
    const statements = new Statements();
    const toServer = new Messages(false);
    const toClient = new Messages(true);
    let isDeaf = false;
    let ran: string[] = [];
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (chunk: Buffer) => {
      for (const { type, body, whole } of toServer.read(chunk)) {
        const text = statements.running(type, body);
        const trap = text === null ? null : trapdoor.catch(text, ran);
        if (text !== null) ran = /^(?:START|BEGIN|COMMIT|ROLLBACK)/.test(text) ? [] : [...ran, text];
        if (trap?.loss === 'lost') {
          trapdoor.close(trap);
          end();
          return;
        }
        isDeaf ||= trap !== null;
        server.write(whole);
      }
    });
    server.on('data', (chunk: Buffer) => {
      if (!isDeaf) {
        client.write(chunk);
        return;
      }
      // ready for the next query: what was asked is done, and nobody is told
      for (const { type } of toClient.read(chunk))
        if (type === 'Z') {
          trapdoor.closeOpen();
          end();
          return;
        }
    });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const url = new URL(target());
  url.port = String((line.address() as AddressInfo).port);
  return {
    url: url.href,
    set: (trap) => trapdoor.set(trap),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => line.close(resolve));
    },
  };
}

/** JSON-RPC over HTTP; a trap's text is the method. */
export async function startRpcProxy(target: string): Promise<FaultyLine> {
  const trapdoor = new Trapdoor();
  const server: Server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const trap = trapdoor.catch(/"method":"(\w+)"/.exec(body.toString('utf8'))?.[1] ?? '');
      const fail = () => {
        if (trap) trapdoor.close(trap);
        incoming.socket.destroy();
      };
      if (trap?.loss === 'lost') {
        fail();
        return;
      }
      const asked = request(
        target,
        { method: 'POST', headers: { 'content-type': 'application/json' } },
        (answer) => {
          if (trap) {
            answer.resume().on('end', fail);
            return;
          }
          outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' });
          answer.pipe(outgoing);
        },
      );
      asked.on('error', () => incoming.socket.destroy());
      asked.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (trap) => trapdoor.set(trap),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One trap at a time. */
class Trapdoor {
  private trap: Trap | null = null;
  private open: Trap | null = null;
  private closed: () => void = () => undefined;

  set(trap: Trap): Promise<void> {
    this.trap = trap;
    return new Promise((resolve) => {
      this.closed = resolve;
    });
  }

  /** The trap, if this text falls into it. `before`: what the connection ran in this transaction. */
  catch(text: string, before: readonly string[] = []): Trap | null {
    const { trap } = this;
    if (!trap?.on.test(text)) return null;
    const { after } = trap;
    if (after && !before.some((earlier) => after.test(earlier))) return null;
    this.trap = null;
    this.open = trap;
    return trap;
  }

  close({ atOnce }: Trap): void {
    this.open = null;
    atOnce();
    this.closed();
  }

  closeOpen(): void {
    if (this.open) this.close(this.open);
  }
}
