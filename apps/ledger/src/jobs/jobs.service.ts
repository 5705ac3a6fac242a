import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Background work on the same Postgres. At least once: handlers must be able to run twice. */
@Injectable()
export class JobsService {
  /** One handler a name; at module start. */
  register<T extends object>(_name: string, _handler: (data: T) => Promise<void>): void {
    throw new Error('not built yet');
  }

  /** With `tx` the job is part of that transaction. */
  send<T extends object>(_name: string, _data: T, _tx?: EntityManager): Promise<void> {
    throw new Error('not built yet');
  }
}
