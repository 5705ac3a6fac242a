// A data folder and its database, as a command finds them: in use by a running service, or free, then held meanwhile.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fromBase64url } from '#lib/canonical';
import { formatVerifierKey } from '#lib/transparency-log';
import type { ChainFacts } from '../chain/chain-facts.ts';
import { startPostgres } from '../database/embedded-postgres.ts';
import { FolderInUse, takeDataFolder } from '../installation/data-folder-lock.ts';
import { readJson } from '../installation/kept-file.ts';
import type { ChainKeyFile, Ed25519KeyFile } from '../installation/keys.ts';
import { KeepingError } from './backup-folder.ts';

/** What a data folder says of itself; nothing is made when it is not there. */
export type KeptFacts = {
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly origin: string;
  /** C2SP verifier key of the log. */
  readonly logKey: string;
  readonly chain: Omit<ChainFacts, 'chainId'> & { readonly chainId: string };
  readonly chainOperator: string;
  /** The chain's blocks lie in the folder. */
  readonly isEmbeddedChain: boolean;
};

export type OpenedData = {
  readonly url: string;
  /** False: a service runs on it right now. */
  readonly isStopped: boolean;
  close(): Promise<void>;
};

/** @throws KeepingError when the folder is not one of an installation that has come up once */
export async function readFacts(dataDir: string): Promise<KeptFacts> {
  const folder = resolve(dataDir);
  const identity = await readJson<{ publicUrl: string; origin: string }>(join(folder, 'installation.json'));
  const chain = await readJson<KeptFacts['chain']>(join(folder, 'chain.json'));
  const log = await readJson<Ed25519KeyFile>(join(folder, 'keys', 'log.key.json'));
  const operator = await readJson<ChainKeyFile>(join(folder, 'keys', 'chain-operator.json'));
  if (!identity || !chain || !log || !operator)
    throw new KeepingError(
      `${folder} is not the data folder of an installation that has started once: set DATA_DIR to yours`,
    );
  return {
    dataDir: folder,
    publicUrl: identity.publicUrl,
    origin: identity.origin,
    logKey: formatVerifierKey(identity.origin, fromBase64url(log.publicKey)),
    chain,
    chainOperator: operator.address,
    isEmbeddedChain: existsSync(join(folder, 'chain', 'journal.jsonl')),
  };
}

/**
 * The database of this folder: that of the service that runs on it, or its own, started for the time being.
 * @param databaseUrl as the service has it in DATABASE_URL; null: embedded
 * @throws KeepingError; StartError `postgres/…`
 */
export async function openData(
  dataDir: string,
  databaseUrl: string | null,
  log: (line: string) => void,
): Promise<OpenedData> {
  const hasOwn = existsSync(join(dataDir, 'postgres', 'PG_VERSION'));
  if (databaseUrl === null && !hasOwn)
    throw new KeepingError(
      `${dataDir} has no database of its own: set DATABASE_URL to the one that the service uses`,
    );
  const lock = await takeDataFolder(dataDir).catch((error: unknown) => {
    if (error instanceof FolderInUse && error.holder.url !== null) return null;
    throw error;
  });
  if (!lock) {
    const url = databaseUrl ?? (await connectionOf(dataDir));
    return { url, isStopped: false, close: async () => undefined };
  }
  try {
    const own = databaseUrl === null ? await startPostgres({ dataDir, log }) : null;
    const close = async () => {
      await own?.stop();
      await lock.release();
    };
    return { url: databaseUrl ?? own?.url ?? '', isStopped: true, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Where the running service has its database; it is there before the service answers. */
async function connectionOf(dataDir: string): Promise<string> {
  const kept = await readJson<{ url: string }>(join(dataDir, 'postgres', 'connection.json'));
  if (kept) return kept.url;
  throw new KeepingError('the service is just starting: try again when it is ready');
}
