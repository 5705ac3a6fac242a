// HTTP load with as little work a request as can be: the generator shares the machine with what it measures. Each
// connection sends the next ready request when the answer to the last one is whole.
import { connect } from 'node:net';

export type Load = {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds of each answer, sorted. */
  readonly latencies: readonly number[];
};

/** A request with this body, ready to be written. */
export function readyRequest(path: string, type: string, apiKey: string, body: Uint8Array): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Sends all of them over so many connections. @throws Error for the first answer that is no success */
export async function sendAll(port: number, requests: readonly Buffer[], connections: number): Promise<Load> {
  const latencies: number[] = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = connect(port, '127.0.0.1');
          socket.setNoDelay(true);
          let sentAt = 0;
          let missing = 0;
          let head = '';
          const send = () => {
            const request = requests[next++];
            if (!request) {
              socket.destroy();
              resolve();
              return;
            }
            sentAt = performance.now();
            head = '';
            missing = 0;
            socket.write(request);
          };
          socket.on('connect', send);
          socket.on('error', reject);
          socket.on('data', (data: Buffer) => {
            if (missing === 0) {
              head += data.toString('latin1', 0, Math.min(data.length, 4_096));
              const end = head.indexOf('\r\n\r\n');
              if (end < 0) return;
              if (!head.startsWith('HTTP/1.1 20')) {
                reject(new Error(head));
                socket.destroy();
                return;
              }
              const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
              missing = end + 4 + length;
            }
            missing -= data.length;
            if (missing > 0) return;
            latencies.push(performance.now() - sentAt);
            send();
          });
        }),
    ),
  );
  const seconds = (performance.now() - begun) / 1000;
  return { requests: latencies.length, seconds, latencies: latencies.sort((a, b) => a - b) };
}

export const percentile = ({ latencies }: Load, part: number) =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
