import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Passport } from './passport.entity.ts';

/** Public id of a release, as it is made. */
export const RELEASE_ID = /^[0-9a-z]{16}$/;

/** Passports as anybody finds them: by their address, or by the code that is printed. */
@Injectable()
export class ReleasesService {
  constructor(@InjectRepository(Passport) private readonly rows: Repository<Passport>) {}

  async find(release: string): Promise<Passport | null> {
    return RELEASE_ID.test(release) ? this.rows.findOneBy({ release }) : null;
  }

  /** The release that a printed code leads to: the first one, with which the batch was sold. Later ones stand beside it. */
  findByCode(code: string): Promise<Passport | null> {
    return this.rows.findOne({ where: { code }, order: { number: 'ASC' } });
  }
}
