// One data folder = one installation: its address, its log and its chain are fixed at the first start.
import { join, resolve } from 'node:path';
import { fromBase64url, toHex } from '#lib/canonical';
import { type Cosigner, formatVerifierKey } from '#lib/transparency-log';
import type { ChainFacts } from '../chain/chain-facts.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Random } from '../random.ts';
import { takeDataFolder } from './data-folder-lock.ts';
import { ensureFolder, READABLE, readJson, writeJson } from './kept-file.ts';
import { type ChainKeyFile, deriveSecret, KeyFolder } from './keys.ts';
import { StartError } from './start-error.ts';

const FORMAT = 'anchorleaf-installation/v1';

/** `installation.json`, written once. */
type Identity = {
  readonly format: typeof FORMAT;
  readonly publicUrl: string;
  /** Of the log: `{host}/log`; also the name of its key. */
  readonly origin: string;
  readonly createdAt: string;
  /** bytes32: salt of the EIP-712 domains of contracts that this installation deploys. */
  readonly domainSalt: string;
  /** Seconds; written into the contract when the log is opened. */
  readonly maxAnchorDelay: number;
};

/** `chain.json`, written when the contracts stand and the log is open; binds the folder to its chain. */
type KeptChain = { readonly format: 'anchorleaf-chain/v1' } & Omit<ChainFacts, 'chainId'> & {
    readonly chainId: string;
  };

/** What is fixed, and where things are. Inject by this class. */
export class Installation {
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly origin: string;
  readonly domainSalt: string;
  readonly maxAnchorDelay: number;
  readonly createdAt: Date;
  readonly isFirstStart: boolean;
  readonly keys: KeyFolder;
  readonly operatorApiKey: string;
  readonly chainOperator: ChainKeyFile;
  /** Ed25519 seed of the log key. */
  readonly logSecretKey: Uint8Array;
  /** C2SP verifier key of the log. */
  readonly logVerifierKey: string;
  /** As a witness of other logs. */
  readonly cosigner: Cosigner;
  /** HMAC key of request identities. */
  readonly requestSecret: Uint8Array;
  /** Seed of API keys of organisations. */
  readonly apiKeySecret: Uint8Array;
  private readonly unlock: () => Promise<void>;

  constructor(parts: {
    dataDir: string;
    identity: Identity;
    isFirstStart: boolean;
    keys: KeyFolder;
    operatorApiKey: string;
    chainOperator: ChainKeyFile;
    log: { publicKey: string; secretKey: string };
    witness: { secretKey: string };
    secret: Uint8Array;
    unlock: () => Promise<void>;
  }) {
    this.dataDir = parts.dataDir;
    this.publicUrl = parts.identity.publicUrl;
    this.origin = parts.identity.origin;
    this.domainSalt = parts.identity.domainSalt;
    this.maxAnchorDelay = parts.identity.maxAnchorDelay;
    this.createdAt = new Date(parts.identity.createdAt);
    this.isFirstStart = parts.isFirstStart;
    this.keys = parts.keys;
    this.operatorApiKey = parts.operatorApiKey;
    this.chainOperator = parts.chainOperator;
    this.logSecretKey = fromBase64url(parts.log.secretKey);
    this.logVerifierKey = formatVerifierKey(this.origin, fromBase64url(parts.log.publicKey));
    this.cosigner = {
      name: `${new URL(this.publicUrl).host}/witness`,
      secretKey: fromBase64url(parts.witness.secretKey),
    };
    this.requestSecret = deriveSecret(parts.secret, 'request identity');
    this.apiKeySecret = deriveSecret(parts.secret, 'api key');
    this.unlock = parts.unlock;
  }

  pathOf(...names: string[]): string {
    return join(this.dataDir, ...names);
  }

  /** `did:web:{host}`, a port written as %3A (W3C did:web §3.1). */
  get operatorDid(): string {
    return `did:web:${new URL(this.publicUrl).host.replace(':', '%3A')}`;
  }

  didOf(slug: string): string {
    return `${this.operatorDid}:o:${slug}`;
  }

  /** The chain this data was anchored on; null before the first start has come that far. */
  async keptChain(): Promise<ChainFacts | null> {
    const kept = await readJson<KeptChain>(this.pathOf('chain.json'));
    if (!kept) return null;
    const { format: _, chainId, ...facts } = kept;
    return { ...facts, chainId: BigInt(chainId) };
  }

  async keepChain(facts: ChainFacts): Promise<void> {
    const kept: KeptChain = { format: 'anchorleaf-chain/v1', ...facts, chainId: String(facts.chainId) };
    await writeJson(this.pathOf('chain.json'), kept, READABLE);
  }

  close(): Promise<void> {
    return this.unlock();
  }
}

/**
 * Locks the data folder, reads what is fixed, and makes it at the first start.
 * @param mayBegin asked once the folder is ours and before anything is fixed in it; throws to refuse the start
 * @throws FolderInUse; StartError `installation/public-url-changed`, …
 */
export async function openInstallation(
  config: Config,
  clock: Clock,
  random: Random,
  mayBegin: () => Promise<void> = async () => undefined,
): Promise<Installation> {
  const dataDir = resolve(config.dataDir);
  // 0755: the database may run as another user and must reach its own folder; secrets are in keys/, 0700
  await ensureFolder(dataDir, 0o755);
  const lock = await takeDataFolder(dataDir, { url: config.publicUrl ?? defaultUrl(config) });
  try {
    await mayBegin();
    const path = join(dataDir, 'installation.json');
    const found = await readJson<Identity>(path);
    const identity = found ? requireSameAddress(found, config) : makeIdentity(config, clock, random);
    requireCadence(identity, config);
    await ensureFolder(join(dataDir, 'keys'), 0o700);
    const keys = new KeyFolder(join(dataDir, 'keys'), random);
    const log = await keys.log();
    const witness = await keys.witness();
    const chainOperator = await keys.chainOperator();
    const { apiKey: operatorApiKey } = await keys.operator();
    const secret = await keys.installationSecret();
    // last: when it is there, every key is
    if (!found) await writeJson(path, identity, READABLE);
    const unlock = () => lock.release();
    return new Installation({
      dataDir,
      identity,
      isFirstStart: !found,
      keys,
      operatorApiKey,
      chainOperator,
      log,
      witness,
      secret,
      unlock,
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function defaultUrl(config: Config): string {
  return `${config.tlsCertFile ? 'https' : 'http'}://localhost:${config.port || 8787}`;
}

function makeIdentity(config: Config, clock: Clock, random: Random): Identity {
  const publicUrl = config.publicUrl ?? defaultUrl(config);
  return {
    format: FORMAT,
    publicUrl,
    origin: `${new URL(publicUrl).host}/log`,
    createdAt: clock.stamp(),
    domainSalt: `0x${toHex(random.bytes(32))}`,
    maxAnchorDelay: config.maxAnchorDelaySeconds ?? (config.chainRpcUrls.length > 0 ? 86_400 : 3_600),
  };
}

function requireSameAddress(found: Identity, config: Config): Identity {
  if (found.format !== FORMAT)
    throw new StartError(
      'installation/other-format',
      `installation.json has format ${found.format}, expected ${FORMAT}`,
    );
  if (config.publicUrl !== null && config.publicUrl !== found.publicUrl)
    throw new StartError(
      'installation/public-url-changed',
      `PUBLIC_URL is ${config.publicUrl}, but this data folder was made for ${found.publicUrl}: printed codes, did:web names and the log's origin rest on it. Set it back, or choose an empty DATA_DIR`,
    );
  if (config.maxAnchorDelaySeconds !== null && config.maxAnchorDelaySeconds !== found.maxAnchorDelay)
    throw new StartError(
      'installation/anchor-delay-changed',
      `ANCHORLEAF_MAX_ANCHOR_DELAY_SECONDS is ${config.maxAnchorDelaySeconds}, but the log was opened with ${found.maxAnchorDelay}, which is fixed in the contract. Set it back`,
    );
  return found;
}

/** Anchors that are planned later than the log promises would all be overdue. */
function requireCadence({ maxAnchorDelay }: Identity, { anchorSeconds }: Config): void {
  if (anchorSeconds !== null && anchorSeconds >= maxAnchorDelay)
    throw new StartError(
      'installation/anchors-too-rare',
      `ANCHORLEAF_ANCHOR_SECONDS is ${anchorSeconds}, but the log promises an anchor within ${maxAnchorDelay} s, which is fixed in its contract. Set it lower`,
    );
}
