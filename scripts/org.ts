// `npm run org -- create …`: makes an organisation and its keys, as a client of the service that runs on this data
// folder. It needs the operator's key, so it runs where the data is.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Wallet } from 'ethers';
import { ROOT } from './build.ts';

const USAGE = `npm run org -- create --role exporter|body|registrar --slug NAME [--name-zh 名称] [--name-en NAME]
    --country CN        ISO 3166-1 code; CN unless told
    --uscc CODE         统一社会信用代码, for organisations in China
    --address 0x…       body or registrar: the address of its own key
    --new-key FILE      body or registrar: make a key and write it to FILE (0600); the service never sees it
    --json              the answer as JSON alone

An exporter's keys are made by the service and stay in its data folder. The API key is shown once.`;

class UsageError extends Error {}

function readOptions() {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      role: text,
      slug: text,
      'name-zh': text,
      'name-en': text,
      country: text,
      uscc: text,
      address: text,
      'new-key': text,
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || positionals[0] !== 'create') throw new UsageError(USAGE);
  if (!values.role || !values.slug) throw new UsageError(`--role and --slug are needed\n\n${USAGE}`);
  if (values['new-key'] && existsSync(values['new-key']))
    throw new UsageError(`${values['new-key']} exists: a key file is never overwritten`);
  return values;
}

type Options = ReturnType<typeof readOptions>;

/** Writes the key file before anybody relies on the key. */
function ownAddress({ address, 'new-key': file }: Options): string | undefined {
  if (!file) return address;
  const { address: made, privateKey } = Wallet.createRandom();
  writeFileSync(file, `${JSON.stringify({ address: made, secretKey: privateKey }, null, 2)}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  return made;
}

function readDataFile(name: string): Record<string, string> {
  const path = join(resolve(ROOT, process.env.DATA_DIR ?? '.data'), name);
  if (!existsSync(path)) throw new UsageError(`${path} is not there: start the service first (npm start)`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

async function create(options: Options): Promise<Record<string, string>> {
  // by the port on this machine: the public address may lead through a proxy
  const { port, url } = readDataFile('service.json');
  const { apiKey } = readDataFile('keys/operator.key.json');
  const address = ownAddress(options);
  const body = {
    slug: options.slug,
    role: options.role,
    names: {
      ...(options['name-zh'] && { zh: options['name-zh'] }),
      ...(options['name-en'] && { en: options['name-en'] }),
    },
    country: options.country ?? 'CN',
    ...(options.uscc && { uscc: options.uscc }),
    ...(address && { ethAddress: address }),
  };
  const base = url?.startsWith('https:') ? url : `http://localhost:${port}`;
  const response = await fetch(`${base}/api/v1/organisations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, string>;
  if (!response.ok) throw new UsageError(`${answer.detail}\n${answer.remedy}`);
  return answer;
}

try {
  const options = readOptions();
  const made = await create(options);
  const lines = Object.entries(made).map(([name, value]) => `${name.padEnd(14)} ${value}`);
  process.stdout.write(options.json ? `${JSON.stringify(made)}\n` : `${lines.join('\n')}\n`);
} catch (error) {
  const { code, message, cause } = error as NodeJS.ErrnoException;
  if (!(error instanceof UsageError) && !code?.startsWith('ERR_PARSE_ARGS') && !cause) throw error;
  process.stderr.write(`${cause ? `the service does not answer: ${(cause as Error).message}` : message}\n`);
  process.exit(64);
}
