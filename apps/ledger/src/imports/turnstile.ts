import { RefusalError } from '../http/refusal.ts';

/** Lets so many through at once and so many wait; more are told to come back. For work that keeps a core busy. */
export class Turnstile {
  private readonly atOnce: number;
  private readonly atMost: number;
  private readonly full: () => RefusalError;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(limits: { readonly atOnce: number; readonly waiting: number }, full: () => RefusalError) {
    this.atOnce = limits.atOnce;
    this.atMost = limits.waiting;
    this.full = full;
  }

  /** @throws what `full` makes when too many wait already, or what `work` threw */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) {
      if (this.waiting.length >= this.atMost) throw this.full();
      // whoever leaves hands its place over, so nobody who comes meanwhile can take it
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
