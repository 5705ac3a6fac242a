// The contracts' sources and the compiler of the project, for mutants: the same settings as hardhat.config.ts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ROOT } from '../build.ts';

const require = createRequire(import.meta.url);
const SETTINGS = { optimizer: { enabled: true, runs: 1_000_000 }, evmVersion: 'cancun' };
/** Solidity ends creation code with 51 bytes of metadata (a hash of the sources) and their length. */
const METADATA = 2 * 53;

/** What is mutated, and which contracts have to be compiled again for it. */
export const MUTATED: Readonly<Record<string, readonly string[]>> = {
  'contracts/libraries/MerkleConsistency.sol': ['CheckpointAnchor'],
  'contracts/libraries/MerkleInclusion.sol': ['CheckpointAnchor'],
  'contracts/CheckpointAnchor.sol': ['CheckpointAnchor'],
  'contracts/BodyRegistry.sol': ['BodyRegistry'],
  'contracts/libraries/OpinionId.sol': ['BodyRegistry', 'PassportRegistry'],
  'contracts/libraries/OpinionGate.sol': ['PassportRegistry'],
  'contracts/libraries/SignatureCheck.sol': ['PassportRegistry'],
  'contracts/base/IssuerKeys.sol': ['PassportRegistry'],
  'contracts/base/PassportTypedData.sol': ['PassportRegistry'],
  'contracts/PassportRegistry.sol': ['PassportRegistry'],
};

export type AstNode = { readonly nodeType: string; readonly src: string } & Readonly<Record<string, unknown>>;
type Output = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly sources: Readonly<Record<string, { readonly ast: AstNode }>>;
  readonly contracts: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly abi: unknown; readonly evm: { readonly bytecode: { readonly object: string } } }
        >
      >
    >
  >;
};

const cache = new Map<string, string>();
export function readSource(file: string): string {
  const known = cache.get(file);
  if (known !== undefined) return known;
  const path = file.startsWith('@') ? `node_modules/${file}` : file;
  const text = readFileSync(new URL(path, `file://${ROOT}/`), 'utf8');
  cache.set(file, text);
  return text;
}

/** A file with everything that it imports, by the names that the compiler asks for. */
export function withImports(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const text = readSource(file);
  found.set(file, text);
  for (const [, one, other] of text.matchAll(/^\s*(?:import\s+"([^"]+)"|.*\bfrom\s+"([^"]+)");/gm)) {
    const name = (one ?? other) as string;
    withImports(name.startsWith('.') ? new URL(name, `file:///${file}`).pathname.slice(1) : name, found);
  }
  return found;
}

export function compile(
  sources: ReadonlyMap<string, string>,
  outputSelection: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
): Output {
  const solc = require('solc') as { compile(input: string): string };
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries([...sources].map(([file, content]) => [file, { content }])),
    settings: { ...SETTINGS, outputSelection },
  };
  return JSON.parse(solc.compile(JSON.stringify(input))) as Output;
}

/**
 * Creation code of each contract that the changed file goes into, or null if the change does not compile.
 * `text` null: the file as it is.
 */
export function creationCodes(file: string, text: string | null): Record<string, string> | null {
  const codes: Record<string, string> = {};
  for (const name of MUTATED[file] ?? []) {
    const main = `contracts/${name}.sol`;
    const sources = withImports(main);
    if (text !== null) sources.set(file, text);
    const output = compile(sources, { [main]: { [name]: ['evm.bytecode.object'] } });
    if (output.errors?.some(({ severity }) => severity === 'error')) return null;
    codes[name] = `0x${output.contracts[main]?.[name]?.evm.bytecode.object}`;
  }
  return codes;
}

/** What two compilations of the same behaviour have in common: all but the hash of the sources. */
export function withoutMetadata(codes: Readonly<Record<string, string>>): string {
  return Object.values(codes)
    .map((code) => code.slice(0, -METADATA))
    .join();
}
