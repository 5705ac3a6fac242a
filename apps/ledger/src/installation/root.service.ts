import { readFile } from 'node:fs/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { toHex } from '#lib/canonical';
import { ChainService } from '../chain/chain.service.ts';
import { formatTime } from '../clock.ts';
import { Config } from '../config.ts';
import { Installation } from './installation.ts';
import { READABLE, writeJson } from './kept-file.ts';
import { methodIds } from './methods.ts';

/** The trust root of this installation, docs/formats/root.md: what a reader of its records holds beforehand. */
export type TrustRoot = Readonly<Record<string, unknown>>;

/**
 * Keeps `root.json` beside the data: written at first start, its head renewed after each anchor. Whoever copies it from
 * the machine trusts this machine; the copy served at /verify/root.json is only a hint.
 */
@Injectable()
export class InstallationRoot implements OnApplicationBootstrap {
  private readonly logger = new Logger('root');
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly installation: Installation,
    private readonly config: Config,
    private readonly chain: ChainService,
    private readonly database: DataSource,
  ) {}

  get path(): string {
    return this.installation.pathOf('root.json');
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
  }

  /** Without waiting, for callers inside a transaction: reads after it has committed. */
  refreshSoon(): void {
    setTimeout(() => {
      this.refresh().catch((error) => this.logger.warn({ err: error }, 'root.json could not be renewed'));
    }, 50).unref();
  }

  /** Writes the file anew when something in it has changed. */
  refresh(): Promise<void> {
    this.writing = this.writing.catch(() => undefined).then(() => this.write());
    return this.writing;
  }

  async make(): Promise<TrustRoot> {
    const { facts, isEmbedded } = this.chain;
    const { anchor, bodies, registry } = {
      anchor: facts.contracts.CheckpointAnchor,
      bodies: facts.contracts.BodyRegistry,
      registry: facts.contracts.PassportRegistry,
    };
    return {
      format: 'anchorleaf-root/v1',
      chain: {
        id: String(facts.chainId),
        genesis: facts.genesis,
        kind: facts.kind,
        operator: facts.operator,
      },
      contracts: { anchor, bodies, registry },
      log: { id: facts.logId, origin: this.installation.origin, key: this.installation.logVerifierKey },
      registrars: await this.registrars(),
      authorities: [],
      methods: await methodIds(),
      endpoints: isEmbedded ? [`${this.installation.publicUrl}/rpc`] : this.config.publicRpcUrls,
      head: await this.head(),
      host: new URL(this.installation.publicUrl).host,
    };
  }

  private async write(): Promise<void> {
    const root = await this.make();
    const text = `${JSON.stringify(root, null, 2)}\n`;
    if (text === (await readFile(this.path, 'utf8').catch(() => null))) return;
    await writeJson(this.path, root, READABLE);
  }

  /** Those that the operator of this installation entered. */
  private async registrars(): Promise<{ address: string; name: string }[]> {
    const rows = (await this.database.query(
      "select eth_address, names, slug from organisation where role = 'registrar' and eth_address is not null order by created_at, slug",
    )) as { eth_address: string; names: string; slug: string }[];
    return rows.map(({ eth_address, names, slug }) => {
      const { en, zh } = JSON.parse(names) as { en?: string; zh?: string };
      return { address: eth_address, name: en ?? zh ?? slug };
    });
  }

  /** Only a final one: a head that a reorganisation takes back would make readers cry fork. */
  private async head(): Promise<{ size: string; root: string; time: string } | null> {
    const [row] = (await this.database.query(
      `select size, root, time from anchor where exists
         (select from chain_transaction sent where sent.hash = anchor.tx_hash and sent.state = 'final')
       order by sequence desc limit 1`,
    )) as {
      size: string;
      root: Buffer;
      time: string;
    }[];
    return row
      ? {
          size: row.size,
          root: toHex(new Uint8Array(row.root)),
          time: formatTime(new Date(1000 * Number(row.time))),
        }
      : null;
  }
}
