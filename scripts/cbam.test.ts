// The command as people run it: exit codes, the sentence of a refusal, and an id that is the hash of what is printed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';

const ROOT = join(import.meta.dirname, '..');
const page = readFileSync(join(ROOT, 'docs/formats/cbam.md'), 'utf8');
const example = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text ?? '').at(-1) ?? '';
const folder = mkdtempSync(join(tmpdir(), 'cbam-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', '--no-warnings', join(ROOT, 'scripts/cbam.ts'), ...args],
    { encoding: 'utf8', env: { ...process.env, LANG: 'C', LC_ALL: 'C' } },
  );
  return { status, stdout, stderr };
};

test('the example of the format page: text, JSON and its id', () => {
  writeFileSync(at('input.json'), example);
  const json = run(at('input.json'), '--json');
  expect(json.status).toBe(0);
  const id = `sha256:${createHash('sha256').update(json.stdout.trimEnd()).digest('hex')}`;
  expect(json.stderr.trim()).toBe(id);
  const text = run(at('input.json'));
  expect(text.stdout).toContain('7318 15 42 screws: 2.31325 + 0.388 = 2.70125 tCO2e/t');
  expect(text.stdout.trimEnd().endsWith(id)).toBe(true);
}, 60_000);

test("a buyer's questionnaire is filled by a mapping", async () => {
  const book = new ExcelJS.Workbook();
  book.addWorksheet('Questionnaire').getCell('B4').value = 'name';
  writeFileSync(at('empty.xlsx'), new Uint8Array(await book.xlsx.writeBuffer()));
  const cells = [
    { sheet: 'Questionnaire', cell: 'C4', from: '/installation/nameEnglish' },
    { sheet: 'Questionnaire', cell: 'C5', from: '/installation/telephone' },
  ];
  writeFileSync(at('map.json'), JSON.stringify({ format: 'anchorleaf-workbook-map/v1', cells }));
  const { status, stderr } = run(
    ...[
      at('input.json'),
      '--workbook',
      at('empty.xlsx'),
      '--map',
      at('map.json'),
      '--out',
      at('filled.xlsx'),
    ],
  );
  expect(status).toBe(0);
  expect(stderr).toContain('Questionnaire!C5 stays as it is: no /installation/telephone');
  await book.xlsx.readFile(at('filled.xlsx'));
  expect(book.getWorksheet('Questionnaire')!.getCell('C4').value).toBe('Synthetic Fastener Works');
}, 60_000);

test('questions and refusals', () => {
  expect(run('--cn', '9405 42 31').stdout).toContain('not in Annex I');
  expect(run('--cn', 'LED')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('cbam/malformed-cn'),
  });
  writeFileSync(at('bad.json'), '{"format":"x"}');
  expect(run(at('bad.json'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('cbam/malformed-input at /format'),
  });
  expect(run().status).toBe(64);
  expect(run('--nonsense').status).toBe(64);
}, 60_000);
