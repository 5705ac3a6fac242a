import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestFolder, type TestFolder } from '../../../test/support/folder.ts';
import { formatLine, type Header, Journal, type JournalBlock } from './journal.ts';

const header: Header = {
  format: 'anchorleaf-chain/v1',
  chainId: 31_337,
  hardfork: 'osaka',
  blockGasLimit: '60000000',
  accounts: [{ address: `0x${'11'.repeat(20)}`, balance: '5' }],
  initialDate: '2026-11-25T11:00:00Z',
  salt: '00'.repeat(32),
  genesis: `0x${'22'.repeat(32)}`,
};
const blockNumber = (n: number): JournalBlock => ({
  time: 1_800_000_000 + n,
  raw: `0x0${n}`,
  block: `0x${n}`,
});
const blocks = [1, 2, 3].map(blockNumber);

let folder: TestFolder;
let file: string;
beforeEach(async () => {
  folder = await makeTestFolder('journal');
  file = join(folder.path, 'journal.jsonl');
  const journal = await Journal.create(file, header);
  await journal.append(blocks);
  await journal.close();
});
afterEach(() => folder.remove());

async function readAll(): Promise<{
  header: Header;
  blocks: JournalBlock[];
  warnings: string[];
  journal: Journal;
}> {
  const warnings: string[] = [];
  const found: JournalBlock[] = [];
  const journal = await Journal.open(file);
  try {
    for await (const { time, raw, block } of journal.blocks((message) => warnings.push(message))) {
      found.push({ time, raw, block });
    }
  } catch (error) {
    await journal.close();
    throw error;
  }
  return { header: journal.header, blocks: found, warnings, journal };
}

test('what was appended is read again, by nobody but the owner', async () => {
  const found = await readAll();
  await found.journal.close();
  expect(found.header).toMatchObject(header);
  expect(found.blocks).toEqual(blocks);
  expect(found.warnings).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.path)).toEqual(['journal.jsonl']);
});

test('a last line cut off at any byte is set aside, and the next append follows the last whole line', async () => {
  const whole = readFileSync(file);
  const lastLine = formatLine(blockNumber(3));
  for (const cut of [1, 2, 20, lastLine.length - 1]) {
    writeFileSync(file, whole);
    truncateSync(file, whole.length - cut);
    const found = await readAll();
    expect(found.blocks).toEqual(blocks.slice(0, 2));
    expect(found.warnings).toHaveLength(1);
    await found.journal.append([blockNumber(4)]);
    await found.journal.close();
    const aside = join(folder.path, `journal.jsonl.cut-at-${whole.length - lastLine.length}`);
    expect(readFileSync(aside, 'utf8')).toBe(lastLine.slice(0, lastLine.length - cut));
    const after = await readAll();
    await after.journal.close();
    expect(after.blocks).toEqual([blockNumber(1), blockNumber(2), blockNumber(4)]);
    expect(after.warnings).toEqual([]);
  }
});

test('every single changed byte of a whole line is refused, and the file left as it is', async () => {
  const whole = readFileSync(file);
  const from = whole.indexOf(10) + 1;
  const to = whole.indexOf(10, from);
  for (let at = from; at < to; at += 1) {
    const changed = Buffer.from(whole);
    changed.writeUInt8((changed.readUInt8(at) ^ 1) === 10 ? 64 : changed.readUInt8(at) ^ 1, at);
    writeFileSync(file, changed);
    await expect(readAll()).rejects.toMatchObject({ code: 'chain/journal-damaged' });
    expect(readFileSync(file).equals(changed)).toBe(true);
  }
});

test.each(['{}', '', 'null', '{"time":1,"raw":"0x","block":"0x"}'])(
  'a line %j without its sum is refused',
  async (line) => {
    appendFileSync(file, `${line}\n`);
    await expect(readAll()).rejects.toMatchObject({
      code: 'chain/journal-damaged',
      message: expect.stringContaining('line 5'),
    });
  },
);

test('a line that carries a right sum over something that is no block is refused', async () => {
  appendFileSync(file, formatLine({ time: '1', raw: 2, block: null } as unknown as JournalBlock));
  await expect(readAll()).rejects.toMatchObject({ code: 'chain/journal-damaged' });
});

test.each([
  ['empty', ''],
  ['without line feed', formatLine(header).trim()],
  ['with another format', formatLine({ ...header, format: 'other/v1' } as unknown as Header)],
  ['changed', formatLine(header).replace('31337', '31338')],
])('a header that is %s is refused', async (_, text) => {
  writeFileSync(file, text);
  await expect(Journal.open(file)).rejects.toMatchObject({ code: 'chain/journal-damaged' });
});

test('two writers: the second append notices the other one', async () => {
  const one = await readAll();
  const two = await readAll();
  await one.journal.append([blockNumber(4)]);
  await expect(two.journal.append([blockNumber(5)])).rejects.toMatchObject({ code: 'chain/journal-shared' });
  await one.journal.append([blockNumber(6)]);
  await one.journal.close();
  await two.journal.close();
  const after = await readAll();
  await after.journal.close();
  expect(after.blocks.map(({ block }) => block)).toEqual(['0x1', '0x2', '0x3', '0x4', '0x6']);
});

test('lines longer than one read, and many of them, arrive whole', async () => {
  const long = [...Array(5).keys()].map((n) => ({
    time: n,
    raw: `0x${'ab'.repeat(400_000 + n)}`,
    block: `0x${n}`,
  }));
  const { journal } = await readAll();
  await journal.append(long);
  await journal.close();
  const found = await readAll();
  await found.journal.close();
  expect(found.blocks.slice(3)).toEqual(long);
});
