import 'reflect-metadata';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { parseWitness, parseWitnessedLog } from './witness/settings.ts';

type Setting = { readonly property: string; readonly name: string; readonly about: string };
const SETTINGS: Setting[] = [];

/** The environment variable of a property, and the sentence that `.env.example` gives for it. */
const Env =
  (name: string, about: string): PropertyDecorator =>
  (_, property) => {
    SETTINGS.push({ property: String(property), name, about });
  };

/** `http://host[:port]` and nothing behind it, in the form that URL parsing gives back. */
const IsOrigin = () =>
  ValidateBy({
    name: 'isOrigin',
    validator: {
      validate: (value) =>
        typeof value === 'string' &&
        /^https?:/.test(value) &&
        URL.canParse(value) &&
        new URL(value).origin === value,
      defaultMessage: () =>
        'must be an origin such as https://example.org, lower case, without path or last slash',
    },
  });

/** Text that a reader of ours takes; what it says of other text is the message. */
const ReadBy = (read: (text: string) => unknown, wanted: string) => {
  const isRead = (value: unknown) => {
    try {
      return read(String(value)) !== undefined;
    } catch {
      return false;
    }
  };
  return ValidateBy(
    { name: 'readBy', validator: { validate: isRead, defaultMessage: () => `must be ${wanted}` } },
    { each: true },
  );
};

const httpUrl = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

/** Everything that can be set. Nothing has to be: the defaults are a whole service on one machine. */
export class Config {
  @Env('PORT', 'Port to listen on.')
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 8787;

  @Env(
    'PUBLIC_URL',
    'Address that readers use. Printed codes, did:web and the log origin rest on it: fixed at first start, a change is refused. Default http://localhost:PORT.',
  )
  @IsOptional()
  @IsOrigin()
  publicUrl: string | null = null;

  @Env('DATA_DIR', 'Folder of everything that is kept: keys, database, chain, files.')
  @IsString()
  @Matches(/\S/, { message: 'must not be empty' })
  dataDir = './.data';

  @Env('DATABASE_URL', 'PostgreSQL 15 or newer. Default: an embedded PostgreSQL in the data folder.')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must start with postgres:// or postgresql://' })
  databaseUrl: string | null = null;

  @Env(
    'CHAIN_RPC_URL',
    'JSON-RPC of an EVM chain, for the server only; several endpoints of it separated by commas, the preferred one first. Default: an embedded test ledger.',
  )
  @IsUrl(httpUrl, { each: true, message: 'must be http or https URLs, separated by commas' })
  chainRpcUrls: readonly string[] = [];

  @Env(
    'PUBLIC_RPC_URLS',
    'JSON-RPC endpoints that readers may use, separated by commas; they go into the trust root.',
  )
  @IsUrl(httpUrl, { each: true, message: 'must be http or https URLs, separated by commas' })
  publicRpcUrls: readonly string[] = [];

  @Env('MQTT_URL', 'Broker that meters publish to.')
  @IsOptional()
  @Matches(/^mqtts?:\/\//, { message: 'must start with mqtt:// or mqtts://' })
  mqttUrl: string | null = null;

  @Env('SMTP_URL', 'Mail server for messages to people.')
  @IsOptional()
  @Matches(/^smtps?:\/\//, { message: 'must start with smtp:// or smtps://' })
  smtpUrl: string | null = null;

  @Env('TLS_CERT_FILE', 'Certificate chain (PEM); together with TLS_KEY_FILE.')
  @IsOptional()
  @IsString()
  tlsCertFile: string | null = null;

  @Env('TLS_KEY_FILE', 'Private key (PEM) of TLS_CERT_FILE.')
  @IsOptional()
  @IsString()
  tlsKeyFile: string | null = null;

  @Env('TRUST_PROXY', 'true behind a reverse proxy that sets X-Forwarded-For.')
  @IsIn([true, false], { message: 'must be true or false' })
  trustProxy = false;

  @Env('METRICS_PORT', 'Port of /metrics, on 127.0.0.1 only. Default PORT + 1.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  metricsPort: number | null = null;

  @Env('ANCHORLEAF_HOST', 'Address to listen on; 0.0.0.0 is every interface.')
  @IsString()
  @Matches(/^\S+$/, { message: 'must be a host name or address' })
  host = 'localhost';

  @Env('ANCHORLEAF_LOG_LEVEL', 'fatal, error, warn, info, debug, trace or silent.')
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  logLevel = 'info';

  @Env(
    'ANCHORLEAF_ANCHOR_SECONDS',
    'Longest wait from a new entry to its anchor transaction. Default 1 on the embedded chain, 600 on another.',
  )
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(86_400)
  anchorSeconds: number | null = null;

  @Env('ANCHORLEAF_ANCHOR_ENTRIES', 'Anchor earlier once so many entries wait. Default: by time alone.')
  @IsOptional()
  @IsInt()
  @Min(1)
  anchorEntries: number | null = null;

  @Env(
    'ANCHORLEAF_MAX_ANCHOR_DELAY_SECONDS',
    'Delay after which a missing anchor counts as overdue. Fixed in the contract when the log is opened. Default 3600 on the embedded chain, 86400 on another.',
  )
  @IsOptional()
  @IsInt()
  @Min(60)
  @Max(31_536_000)
  maxAnchorDelaySeconds: number | null = null;

  @Env(
    'ANCHORLEAF_MAX_FEE_GWEI',
    'Most that is paid for a unit of gas, for instance 40 or 0.05. Above it transactions wait. Default: whatever the chain asks.',
  )
  @IsOptional()
  @Matches(/^\d{1,9}(\.\d{1,9})?$/, { message: 'must be a decimal number with at most 9 places' })
  maxFeeGwei: string | null = null;

  @Env(
    'ANCHORLEAF_LOW_BALANCE_DAYS',
    "Raise the alarm when the sender's money pays for anchors of fewer days than these, at present fees.",
  )
  @IsInt()
  @Min(1)
  @Max(3_650)
  lowBalanceDays = 14;

  @Env(
    'ANCHORLEAF_CONFIRMATIONS',
    'Blocks, its own included, after which a transaction is shown as confirmed.',
  )
  @IsInt()
  @Min(1)
  @Max(10_000)
  confirmations = 3;

  @Env(
    'ANCHORLEAF_FINALITY_DEPTH',
    'For a chain whose nodes name no finalized block: a block is final when so many are on top of it. Default: what the nodes name.',
  )
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000)
  finalityDepth: number | null = null;

  @Env(
    'ANCHORLEAF_SIGNER_URL',
    'Remote signer (Web3Signer, ETH1 API) that holds the key of ANCHORLEAF_SIGNER_ADDRESS. Default: keys/chain-operator.json in the data folder.',
  )
  @IsOptional()
  @IsUrl(httpUrl, { message: 'must be an http or https URL' })
  signerUrl: string | null = null;

  @Env(
    'ANCHORLEAF_SIGNER_ADDRESS',
    'Account that the remote signer signs for: it owns the log and pays for anchors.',
  )
  @IsOptional()
  @Matches(/^0x[0-9a-fA-F]{40}$/, { message: 'must be 0x and 40 hex digits' })
  signerAddress: string | null = null;

  @Env('ANCHORLEAF_CHAIN_KIND', 'What CHAIN_RPC_URL leads to: test, private or public. Readers see it.')
  @IsIn(['test', 'private', 'public'])
  chainKind: 'test' | 'private' | 'public' = 'test';

  @Env('ANCHORLEAF_CHAIN_OPERATOR', 'Who runs a private chain. Readers see it.')
  @IsOptional()
  @IsString()
  chainOperator: string | null = null;

  @Env(
    'ANCHORLEAF_WITNESSES',
    'Witnesses that cosign our checkpoints (C2SP tlog-witness), separated by commas: verifier key, a space, submission URL.',
  )
  @ReadBy(parseWitness, 'verifier keys of type 04, each with a space and an http or https URL')
  witnesses: readonly string[] = [];

  @Env(
    'ANCHORLEAF_WITNESSED_LOGS',
    'Logs that this service cosigns at POST /witness/add-checkpoint: their verifier keys, separated by commas.',
  )
  @ReadBy(parseWitnessedLog, 'Ed25519 verifier keys of logs, separated by commas')
  witnessedLogs: readonly string[] = [];
}

/** Every mistake of the environment, one sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config/invalid';
  readonly mistakes: readonly string[];
  constructor(mistakes: readonly string[]) {
    super(
      `the configuration has ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    );
    this.mistakes = mistakes;
  }
}

type Value = string | number | boolean | null | readonly string[];

/** Text of the environment in the type of the default; what cannot be read is left for the validator to name. */
function readValue(text: string, property: string, fallback: Value): Value {
  if (Array.isArray(fallback)) return text.split(',').map((part) => part.trim());
  if (typeof fallback === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  const isNumber = typeof fallback === 'number' || /(Port|Seconds|Entries|Depth)$/.test(property);
  return isNumber && /^\d{1,9}$/.test(text) ? Number(text) : text;
}

/** Reads the environment. Pure. @throws ConfigError with all mistakes at once */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const config = new Config();
  const values = config as unknown as Record<string, Value>;
  for (const { property, name } of SETTINGS) {
    const text = env[name]?.trim();
    if (text) values[property] = readValue(text, property, values[property] ?? null);
  }
  const known = new Set(SETTINGS.map(({ name }) => name));
  const mistakes = Object.keys(env)
    .filter((name) => name.startsWith('ANCHORLEAF_') && !known.has(name))
    .map((name) => `${name} is not a setting; the names are in .env.example`);
  for (const { property, constraints } of validateSync(config)) {
    const name = SETTINGS.find((setting) => setting.property === property)?.name ?? property;
    const reasons = Object.values(constraints ?? {}).map((reason) => reason.replace(property, '').trim());
    mistakes.push(`${name}=${JSON.stringify(values[property])}: ${reasons.join('; ')}`);
  }
  if (!config.tlsCertFile !== !config.tlsKeyFile)
    mistakes.push('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or none');
  if (config.chainRpcUrls.length === 0 && config.chainKind !== 'test')
    mistakes.push(
      'ANCHORLEAF_CHAIN_KIND: the embedded chain is a test ledger; set CHAIN_RPC_URL for another',
    );
  if (config.chainKind === 'private' && !config.chainOperator)
    mistakes.push('ANCHORLEAF_CHAIN_OPERATOR: say who runs the private chain');
  if (!config.signerUrl !== !config.signerAddress)
    mistakes.push('ANCHORLEAF_SIGNER_URL and ANCHORLEAF_SIGNER_ADDRESS belong together: set both or none');
  if (config.signerUrl && config.chainRpcUrls.length === 0)
    mistakes.push('ANCHORLEAF_SIGNER_URL: the embedded chain has its own key; set CHAIN_RPC_URL for another');
  const { anchorSeconds, maxAnchorDelaySeconds } = config;
  if (anchorSeconds !== null && maxAnchorDelaySeconds !== null && anchorSeconds >= maxAnchorDelaySeconds)
    mistakes.push(
      `ANCHORLEAF_ANCHOR_SECONDS=${anchorSeconds}: must be shorter than ANCHORLEAF_MAX_ANCHOR_DELAY_SECONDS=${maxAnchorDelaySeconds}, or every anchor would be overdue`,
    );
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

/** The configuration of this process. */
export function readEnvironment(): Config {
  return loadConfig(process.env);
}

/** `.env.example`, from the class above. */
export function formatEnvExample(): string {
  const defaults = new Config() as unknown as Record<string, Value>;
  const blocks = SETTINGS.map(
    ({ property, name, about }) => `# ${about}\n# ${name}=${defaults[property] ?? ''}\n`,
  );
  return `# Nothing has to be set. Every setting, with its default; unknown ANCHORLEAF_ names are refused.\n\n${blocks.join('\n')}`;
}

/** The settings without what could be a secret: of URLs only scheme and host are shown. */
export function printable(config: Config): Record<string, unknown> {
  const entries = SETTINGS.map(({ property, name }) => {
    const value = (config as unknown as Record<string, Value>)[property];
    return [name, property === 'publicUrl' ? value : hideSecrets(value ?? null)];
  });
  return Object.fromEntries(entries);
}

function hideSecrets(value: Value): Value {
  if (Array.isArray(value)) return value.map((one) => String(hideSecrets(one)));
  if (typeof value !== 'string' || !/^[a-z]+:\/\//.test(value)) return value;
  const { protocol, host } = new URL(value);
  return `${protocol}//${host}/…`;
}
