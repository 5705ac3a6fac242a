// The service on a chain that the test commands: deployed there as on any chain of others, with a clock that jumps.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AnchorLoop } from '../../apps/ledger/src/anchoring/anchor-loop.ts';
import { AnchorsService } from '../../apps/ledger/src/anchoring/anchors.service.ts';
import { SenderService } from '../../apps/ledger/src/anchoring/sender.service.ts';
import { ChainService } from '../../apps/ledger/src/chain/chain.service.ts';
import { deployContracts, identifyChain } from '../../apps/ledger/src/chain/deployment.ts';
import { JsonRpcClient } from '../../apps/ledger/src/chain/json-rpc.ts';
import { Clock, SystemClock } from '../../apps/ledger/src/clock.ts';
import { loadConfig } from '../../apps/ledger/src/config.ts';
import { openInstallation } from '../../apps/ledger/src/installation/installation.ts';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import { SystemRandom } from '../../apps/ledger/src/random.ts';
import { makeTestFolder, type TestFolder } from './folder.ts';
import { EXPORTER, PUBLIC_URL, startTestService, type TestService } from './service.ts';

/** The real time and so many seconds that the test let pass. */
export class JumpingClock extends Clock {
  private ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }
  jump(seconds: number): void {
    this.ahead += 1_000 * seconds;
  }
}

export type Deployed = { readonly folder: TestFolder; readonly owner: string };

/** What the deploy command does, for a key that is funded there. */
export async function deployTo(
  url: string,
  key: { readonly address: string; readonly secretKey: string },
): Promise<Deployed> {
  const folder = await makeTestFolder('sending');
  await mkdir(join(folder.path, 'keys'), { recursive: true });
  await writeFile(join(folder.path, 'keys/chain-operator.json'), JSON.stringify(key));
  const config = loadConfig({ DATA_DIR: folder.path, PUBLIC_URL, CHAIN_RPC_URL: url });
  const installation = await openInstallation(config, new SystemClock(), new SystemRandom());
  const { origin, maxAnchorDelay, domainSalt } = installation;
  const rpc = new JsonRpcClient(url);
  const { secretKey } = key;
  const plan = { rpc, ...(await identifyChain(rpc)), secretKey, origin, maxAnchorDelay, domainSalt };
  await installation.keepChain(await deployContracts(plan));
  await installation.close();
  return { folder, owner: key.address };
}

/** A running service and the parts of it that tests of the sender look into. */
export class SendingService {
  private numbered = 0;
  constructor(
    public running: TestService,
    readonly clock: JumpingClock,
  ) {}

  static async start(folder: TestFolder, urls: readonly string[], env: Record<string, string> = {}) {
    const clock = new JumpingClock();
    const settings = { CHAIN_RPC_URL: urls.join(','), ANCHORLEAF_ANCHOR_SECONDS: '0', ...env };
    return new SendingService(await startTestService(settings, { dataDir: folder.path, clock }), clock);
  }

  private get<T>(part: abstract new (...parts: never[]) => T): T {
    return this.running.service.app.get(part);
  }
  get anchors(): AnchorsService {
    return this.get(AnchorsService);
  }
  get sender(): SenderService {
    return this.get(SenderService);
  }
  get loop(): AnchorLoop {
    return this.get(AnchorLoop);
  }
  get chain(): ChainService {
    return this.get(ChainService);
  }
  get proofs(): ProofsService {
    return this.get(ProofsService);
  }

  async rows<T = Record<string, any>>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.get(DataSource).query(sql, parameters)) as T[];
  }

  /** Something new in the log. */
  async record(): Promise<void> {
    await this.running.enrol({ ...EXPORTER, slug: `o-${process.pid}-${this.numbered++}-${Date.now()}` });
  }

  /** Lets time pass and the loops look. */
  async tick(seconds: number, realMs = 25): Promise<void> {
    this.clock.jump(seconds);
    this.loop.hurry();
    this.sender.nudge();
    await new Promise((resolve) => setTimeout(resolve, realMs));
  }

  async restart(env: Record<string, string> = {}): Promise<void> {
    this.running = await this.running.restart(env);
  }
}

/** Looks again and again, up to 90 s: each look takes steps of its own, and machines may be busy. */
export async function inTheEnd<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const begun = Date.now(); Date.now() - begun < 90_000; ) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen within 90 s');
}
