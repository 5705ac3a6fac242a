/**
 * Builds the footprint method into one self-contained ES module, `libs/footprint/methods/{name}-{version}.js`.
 * The method's id is the SHA-256 of that file, so the build must give the same bytes everywhere: no time, no
 * machine path, no minifier. A changed result means a new version; published files stay.
 *
 *   node --conditions=source scripts/build-method.ts [--check]
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'libs/footprint/methods');

export interface MethodRecord {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

/** The method file's text and its record, as the sources stand now. */
export async function buildMethod(): Promise<{ readonly text: string; readonly record: MethodRecord }> {
  const { METHOD } = await import('../libs/footprint/src/method-entry.ts');
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['libs/footprint/src/method-entry.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    charset: 'utf8',
    conditions: ['source'],
    legalComments: 'none',
    tsconfigRaw: '{}',
  });
  const banner = `// ${METHOD.name} ${METHOD.version}: product carbon footprint, cradle to gate. Apache-2.0.\n// Self-contained: computeFootprint(input) gives the result of docs/formats/footprint.md.\n`;
  const text = banner + (outputFiles[0]?.text ?? '');
  const id = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { text, record: { id, ...METHOD, file: `${METHOD.name}-${METHOD.version}.js` } };
}

/** The index with this method's record in it: one record per file, older versions kept. */
async function indexWith(record: MethodRecord): Promise<string> {
  const known = JSON.parse(
    await readFile(join(FOLDER, 'index.json'), 'utf8').catch(() => '[]'),
  ) as MethodRecord[];
  const others = known.filter((each) => each.file !== record.file);
  return `${JSON.stringify([...others, record], null, 2)}\n`;
}

async function main(check: boolean): Promise<void> {
  const { text, record } = await buildMethod();
  const wanted = [
    [join(FOLDER, record.file), text],
    [join(FOLDER, 'index.json'), await indexWith(record)],
  ] as const;
  for (const [path, content] of wanted) {
    if (!check) await writeFile(path, content);
    else if ((await readFile(path, 'utf8').catch(() => '')) !== content) {
      console.error(`${path.slice(ROOT.length)} is not what the sources build: run scripts/build-method.ts`);
      process.exitCode = 1;
    }
  }
  if (process.exitCode !== 1) console.log(`${record.name} ${record.version} ${record.id}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'));
