import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { sha256, toHex, utf8 } from '#lib/canonical';
import {
  cosign,
  cosignerKey,
  EMPTY_ROOT,
  judgeCheckpoint,
  type KnownHead,
  keepSignatures,
  parseAddCheckpoint,
  type VerifierKey,
  type WitnessJudgement,
} from '#lib/transparency-log';
import { Clock } from '../clock.ts';
import { Config } from '../config.ts';
import { Installation } from '../installation/installation.ts';
import { readCosignedNote, readWitnessed, swapWitnessed } from './cosignature-store.ts';
import { parseWitnessedLog } from './settings.ts';

/** 200: the signature lines to answer with, over a head that is stored. */
export type WitnessAnswer =
  | { readonly status: 200; readonly lines: string }
  | Exclude<WitnessJudgement, { readonly status: 200 }>;

/** This service as a witness of other logs: says of a checkpoint that it extends all that were cosigned before. */
@Injectable()
export class WitnessService {
  private readonly logs: readonly VerifierKey[];

  constructor(
    private readonly database: DataSource,
    private readonly installation: Installation,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.logs = config.witnessedLogs.map(parseWitnessedLog);
  }

  /** Verifier key of our cosignatures. */
  get verifierKey(): string {
    return cosignerKey(this.installation.cosigner);
  }

  /**
   * Order of work, and what holds if the process dies between two steps:
   *   1 read the last head, judge by it   nothing is written
   *   2 sign                              nobody has the signature
   *   3 swap the row for the new head     the log asks again and hears 409 with the new size, or 200 for the same head
   *   4 answer                            as 3
   * A request that another one overtook between 1 and 3 is judged again, by what is there now.
   * @throws LogError `log/malformed-…`: the status is 400
   */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const request = parseAddCheckpoint(body);
    for (;;) {
      let last: KnownHead = { size: 0n, root: EMPTY_ROOT };
      const judged = await judgeCheckpoint(request, this.logs, async (origin) => {
        last = await readWitnessed(this.database, origin);
        return last;
      });
      if (judged.status !== 200) return judged;
      const time = this.clock.now();
      const { cosigner } = this.installation;
      const lines = cosign(judged.text, cosigner, BigInt(Math.floor(time.getTime() / 1000)));
      const checkpoint = keepSignatures(request.checkpoint, this.logs) + lines;
      const [origin = ''] = judged.text.split('\n', 1);
      if (await swapWitnessed(this.database, origin, last, { ...judged.head, checkpoint, time }))
        return { status: 200, lines };
    }
  }

  /** The checkpoint cosigned last, by the SHA-256 of its log's origin in hex; null for none. */
  async cosigned(originHash: string): Promise<string | null> {
    const log = this.logs.find(({ name }) => toHex(sha256(utf8(name))) === originHash);
    return log ? readCosignedNote(this.database, log.name) : null;
  }
}
