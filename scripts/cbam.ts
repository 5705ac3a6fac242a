// `npm run cbam -- input.json [--json]`, or `--cn CODE` for the question whether a good is in scope at all.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  CanonicalError,
  canonicalBytes,
  canonicalize,
  contentId,
  type JsonValue,
  parseStrict,
} from '#lib/canonical';
import {
  askEu,
  CbamError,
  communicationEdits,
  computeCbam,
  loadTable,
  operatorReport,
  renderEuAnswer,
  renderRequestSheet,
  renderSummary,
  requestSheets,
  SHIPPED_TABLES,
} from '#lib/cbam';
import { editsFromMap, patchWorkbook, WorkbookError } from '#lib/workbook-patch';
import { runCommand } from './built.ts';
import { zipCodec } from './zip-codec.ts';

const USAGE = `npm run cbam -- INPUT.json [--json] [--table TABLE.json]... [--allow-superseded]
                [--report REPORT.json] [--requests SHEETS.txt] [--workbook EMPTY.xlsx --out FILLED.xlsx [--map MAP.json]]
npm run cbam -- --cn CODE [--json]
`;

const readJson = (file: string): JsonValue => parseStrict(readFileSync(file), { maxBytes: 64 * 1024 * 1024 });
const out = (text: string) => process.stdout.write(text);

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      cn: { type: 'string' },
      table: { type: 'string', multiple: true, default: [] },
      'allow-superseded': { type: 'boolean', default: false },
      report: { type: 'string' },
      requests: { type: 'string' },
      workbook: { type: 'string' },
      out: { type: 'string' },
      map: { type: 'string' },
    },
  });
  const language = /^zh/i.test(process.env.LC_ALL ?? process.env.LANG ?? '') ? 'zh' : 'en';
  if (values.cn !== undefined) {
    const answer = askEu(values.cn, new Date().toISOString().slice(0, 10));
    out(values.json ? `${canonicalize(answer)}\n` : renderEuAnswer(answer, language));
    return 0;
  }
  const [file] = positionals;
  if (file === undefined || (values.workbook === undefined) !== (values.out === undefined)) {
    process.stderr.write(USAGE);
    return 64;
  }
  const tables = values.table.reduce(
    (loaded, name) => loadTable(loaded, readJson(name), values['allow-superseded']),
    SHIPPED_TABLES,
  );
  const result = computeCbam(readJson(file), tables);
  if (values.report !== undefined)
    writeFileSync(values.report, `${JSON.stringify(operatorReport(result), null, 2)}\n`);
  if (values.requests !== undefined)
    writeFileSync(values.requests, requestSheets(result).map(renderRequestSheet).join('\n'));
  if (values.workbook !== undefined && values.out !== undefined) {
    // The Commission's template, or somebody's own questionnaire by their mapping from the report.
    const { edits, missing } =
      values.map === undefined
        ? { edits: communicationEdits(result), missing: [] }
        : editsFromMap(readJson(values.map), operatorReport(result));
    const filled = patchWorkbook(readFileSync(values.workbook), edits, zipCodec);
    writeFileSync(values.out, filled.bytes);
    for (const { sheet, cell, from } of missing)
      process.stderr.write(`${sheet}!${cell} stays as it is: no ${from}\n`);
    process.stderr.write(
      `${filled.report.cells.length} cells written; parts changed: ${filled.report.changedParts.join(', ')}; all others as they were\n`,
    );
  }
  const id = contentId(canonicalBytes(result));
  if (!values.json) out(`${renderSummary(result, language)}\n${id}\n`);
  else {
    // The text is what the id is of, so the id stands beside it.
    out(`${canonicalize(result)}\n`);
    process.stderr.write(`${id}\n`);
  }
  return 0;
}

await runCommand(async () => {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CanonicalError) {
      process.stderr.write(`${error.code}: ${error.message}\n`);
      return 1;
    }
    if (!(error instanceof CbamError || error instanceof WorkbookError)) throw error;
    process.stderr.write(`${error.code} at ${error.pointer || '/'}: ${error.message}\n`);
    return 1;
  }
});
