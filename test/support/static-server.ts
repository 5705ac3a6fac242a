// A plain file server as any static host is one: files, index.html for folders, a slash behind a folder's name, types by
// file name, no negotiation, no headers of ours.
import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
};

export type StaticServer = {
  readonly url: string;
  /** Paths asked for so far. */
  readonly asked: string[];
  stop(): Promise<void>;
};

/** @param below path in front of everything, such as `/copy`: mirrors need not have a host of their own */
export async function serveFolder(folder: string, below = ''): Promise<StaticServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?', 1)[0] ?? '/');
    asked.push(path);
    const file = path.startsWith(`${below}/`) ? join(folder, normalize(path.slice(below.length))) : '';
    const found = file === '' ? undefined : statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() && !path.endsWith('/')) {
      response.writeHead(301, { location: `${path}/` }).end();
      return;
    }
    const target = found?.isDirectory() ? join(file, 'index.html') : file;
    if (!statSync(target || '/none', { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>404</title>');
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(target)] ?? 'application/octet-stream' });
    createReadStream(target).pipe(response);
  });
  await listen(server, 0);
  const { port } = server.address() as { port: number };
  return { url: `http://localhost:${port}${below}`, asked, stop: () => close(server) };
}

/** What is left of an operator whose chain still answers: POST /rpc on its port, handed on, and nothing else. */
export async function relayRpc(port: number, target: string): Promise<{ stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type' };
    if (request.url !== '/rpc' || request.method === 'OPTIONS') {
      response.writeHead(request.url === '/rpc' ? 204 : 404, open).end();
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat(parts),
    });
    response.writeHead(answer.status, { ...open, 'content-type': 'application/json' });
    response.end(await answer.text());
  });
  await listen(server, port);
  return { stop: () => close(server) };
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', resolve);
  });

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
