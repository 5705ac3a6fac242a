// `npm run bench:ledger`: the figures of the ledger, each beside its peers in one run. `-- tree jcs` runs only the parts
// named; `-- --full` builds the large sizes; `-- --json FILE` writes { rows }. No timed test depends on it.
import { parseArgs } from 'node:util';
import { printTable, type Row, writeRows } from './bench/table.ts';
import { buildStale } from './build.ts';

/** Each part is a module with `measure`; it says aloud what it does, because some take a while. */
export type Part = (options: { readonly full: boolean }) => Promise<readonly Row[]>;

const PARTS = ['tree', 'jcs', 'append', 'proof', 'gas'] as const;

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, full: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !PARTS.includes(name as never));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${PARTS.join(', ')}`);
  process.exit(64);
}
buildStale();
const rows: Row[] = [];
for (const name of PARTS.filter((part) => positionals.length === 0 || positionals.includes(part))) {
  const began = Date.now();
  console.log(`— ${name}`);
  const { measure } = (await import(`./bench/${name}.ts`)) as { measure: Part };
  const measured = await measure({ full: values.full });
  printTable(measured);
  console.log(`— ${name}: ${Math.round((Date.now() - began) / 1000)} s\n`);
  rows.push(...measured);
}
const missed = rows.filter(({ met }) => met === false);
console.log(
  missed.length === 0 ? 'every target is met' : `missed: ${missed.map(({ name }) => name).join('; ')}`,
);
writeRows(values.json, rows);
process.exit(0);
