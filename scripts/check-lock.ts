// Does package-lock.json hold an entry for every dependency it names? npm leaves out optional platform packages that a
// registry does not have, and then every `npm ci` fails with EUSAGE. No network.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Entry = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>> | readonly string[];
  readonly optional?: boolean;
};
export type Lock = { readonly packages: Readonly<Record<string, Entry>> };
export type Missing = { readonly owner: string; readonly name: string };

/** Every dependency without an entry where Node would look for it. Peers are left out: npm judges them itself. */
export function findMissing({ packages }: Lock): Missing[] {
  const missing: Missing[] = [];
  for (const [path, { dependencies, optionalDependencies }] of Object.entries(packages)) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (!resolves(packages, path, name)) missing.push({ owner: path || '(this package)', name });
    }
  }
  return missing;
}

/** `a/node_modules/b` looks into `a/node_modules/b/node_modules`, then `a/node_modules`, up to the root. */
function resolves(packages: Lock['packages'], path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (Object.hasOwn(packages, `${folder ? `${folder}/` : ''}node_modules/${name}`)) return true;
    if (folder === '') return false;
  }
}

/** Least major version of Node that `engines.node` asks for; null when it asks for none in a form we read. */
export function leastNode(engines: Entry['engines']): number | null {
  const range = Array.isArray(engines) ? undefined : (engines as Record<string, string> | undefined)?.node;
  const majors = (range ?? '').split('||').map((part) => /(?:>=|\^|~|^\s*)\s*v?(\d+)/.exec(part)?.[1]);
  if (!range || majors.some((major) => major === undefined)) return null;
  return Math.min(...majors.map(Number));
}

/** Packages that a Node of `major` would not take: npm skips the optional ones without a word. */
export function findTooNew({ packages }: Lock, major: number): { optional: string[]; required: string[] } {
  const found: { optional: string[]; required: string[] } = { optional: [], required: [] };
  for (const [path, { engines, optional }] of Object.entries(packages)) {
    const least = path ? leastNode(engines) : null;
    if (least !== null && least > major) found[optional ? 'optional' : 'required'].push(path);
  }
  return found;
}

if (import.meta.main) {
  const file = process.argv[2] ?? join(import.meta.dirname, '..', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = findMissing(lock);
  for (const { owner, name } of missing)
    console.error(`${name}, needed by ${owner}, has no entry in the lock`);
  const { optional, required } = findTooNew(lock, 20);
  const count = Object.keys(lock.packages).length;
  console.log(`lock: ${count} entries, ${missing.length} missing`);
  console.log(
    `lock: ${optional.length} optional and ${required.length} required packages ask for more than Node 20`,
  );
  if (process.argv.includes('--list'))
    for (const path of [...optional, ...required]) console.log(`  ${path}`);
  if (missing.length > 0) {
    console.error(
      'make the lock anew with npm on Node >= 22, from no node_modules and no lock; or take an older version',
    );
    process.exitCode = 1;
  }
}
