import { RefusalError } from '../http/refusal.ts';

/** Requests that are open at once, and the bytes of their bodies: what the process may have to hold in memory. */
export type GateLimits = { readonly requests: number; readonly bytes: number };

/**
 * Counts requests in before their bodies are read, so that a flood costs a look and an answer each, never memory.
 * What waits behind the gate is bounded apart, by the sequencer's queue.
 */
export class AppendGate {
  private requests = 0;
  private bytes = 0;

  constructor(private readonly limits: GateLimits) {}

  /**
   * Lets a request in whose body has at most so many bytes; the way out is to be called once.
   * @throws RefusalError 429 `log/too-many-requests`
   */
  enter(bytes: number): () => void {
    const { limits } = this;
    if (this.requests >= limits.requests || this.bytes + bytes > limits.bytes)
      throw new RefusalError({
        status: 429,
        code: 'log/too-many-requests',
        detail: `${this.requests} requests with up to ${this.bytes} bytes are being taken already`,
        remedy: 'wait as long as Retry-After says, then send it again; many entries go into one request',
        retryAfterSeconds: 1,
      });
    this.requests++;
    this.bytes += bytes;
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.requests--;
      this.bytes -= bytes;
    };
  }
}
