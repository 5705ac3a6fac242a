import ExcelJS from 'exceljs';
import { strToU8, zipSync } from 'fflate';
import { EvidenceError, importMeterCsv, importWorkbook } from '#lib/evidence';
import { readMeterCsv } from './meter-csv-reader.ts';
import { readWorkbook } from './workbook-reader.ts';
import { LIMITS } from './xlsx-archive.ts';

type Fill = (workbook: ExcelJS.Workbook) => void;

async function xlsx(fill: Fill): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook();
  fill(workbook);
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('workbooks as Excel writes them', () => {
  test('every kind of cell, at its own row and column', async () => {
    const bytes = await xlsx((workbook) => {
      const sheet = workbook.addWorksheet('物料');
      sheet.getCell('B3').value = '甘蔗浆';
      sheet.getCell('C3').value = 58.199999999999996;
      sheet.getCell('D3').value = new Date(Date.UTC(2025, 0, 31));
      sheet.getCell('D3').numFmt = 'yyyy-mm-dd';
      sheet.getCell('E3').value = true;
      sheet.getCell('F3').value = 1e-7;
      sheet.getCell('G3').value = 1.5e21;
      sheet.getCell('H3').value = { formula: '2*3', result: 6 };
      sheet.getCell('I3').value = { richText: [{ text: '富' }, { text: '文本' }] };
      sheet.getCell('J3').value = new Date(Date.UTC(2025, 0, 31, 13, 0, 0));
      sheet.getCell('J3').numFmt = 'yyyy-mm-dd hh:mm';
    });
    const [sheet] = await readWorkbook(bytes);
    expect(sheet?.name).toBe('物料');
    expect(
      sheet?.rows
        .slice(0, 2)
        .flat()
        .every((cell) => cell === null),
    ).toBe(true);
    expect(sheet?.rows[2]).toEqual([
      null,
      { kind: 'text', text: '甘蔗浆' },
      { kind: 'number', text: '58.2' },
      { kind: 'date', text: '2025-01-31' },
      { kind: 'boolean', text: 'true' },
      { kind: 'number', text: '0.0000001' },
      { kind: 'number', text: '1500000000000000000000' },
      { kind: 'number', text: '6' },
      { kind: 'text', text: '富文本' },
      { kind: 'date', text: '2025-01-31T13:00:00' },
    ]);
  });
  test('formula errors and formulas saved without a result are not empty cells', async () => {
    const bytes = await xlsx((workbook) => {
      workbook
        .addWorksheet('a')
        .addRow([
          { error: '#REF!' },
          { formula: '1/0', result: { error: '#DIV/0!' } },
          { formula: 'SUM(B1:B9)' },
          { formula: 'A1&""', result: '' },
          'text',
        ]);
    });
    const [sheet] = await readWorkbook(bytes);
    expect(sheet?.rows[0]).toEqual([
      { kind: 'error', text: '#REF!' },
      { kind: 'error', text: '#DIV/0!' },
      { kind: 'error', text: '#UNCALCULATED' },
      null,
      { kind: 'text', text: 'text' },
    ]);
  });
  test('an import names the cell of a formula error', async () => {
    const bytes = await xlsx((workbook) => {
      const sheet = workbook.addWorksheet('物料');
      sheet.addRow(['月份', '名称', '数量', '单位']);
      sheet.addRow(['2025-01', '甘蔗浆', { error: '#REF!' }, 't']);
      sheet.addRow(['2025-02', '甘蔗浆', 15, 't']);
    });
    const draft = importWorkbook(await readWorkbook(bytes), {
      expectedElectricity: { value: '0.07', unit: 'kWh' },
    });
    expect(draft.refusals.map(({ code, sheet, row, column }) => [code, sheet, row, column])).toEqual([
      ['evidence/formula-error', '物料', 2, 'C'],
    ]);
    expect(draft.activities).toHaveLength(1);
  });
  test('hidden sheets are marked, merged headers and styled empty cells do no harm', async () => {
    const bytes = await xlsx((workbook) => {
      const shown = workbook.addWorksheet('产量 & "more"');
      shown.mergeCells('A1:D1');
      shown.getCell('A1').value = '2025 年';
      shown.getCell('XFD1').fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFF0000' } };
      shown.getRow(150_000).getCell(1).font = { bold: true };
      workbook.addWorksheet('旧数据 <1>', { state: 'hidden' }).addRow(['x']);
      workbook.addWorksheet('深藏', { state: 'veryHidden' }).addRow(['y']);
    });
    const sheets = await readWorkbook(bytes);
    expect(sheets.map((sheet) => [sheet.name, sheet.hidden, sheet.rows.length])).toEqual([
      ['产量 & "more"', false, 1],
      ['旧数据 <1>', true, 1],
      ['深藏', true, 1],
    ]);
  });
});

describe('files that are no workbook, or are meant to hurt', () => {
  const limits = { ...LIMITS, unzippedBytes: 2 * 1024 * 1024 };
  const types = strToU8('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>');
  const rels = strToU8(
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
  );
  const book = strToU8(
    '<workbook xmlns:r="r"><sheets><sheet name="物料" sheetId="1" r:id="rId1"/></sheets></workbook>',
  );
  const withSheet = (sheet: string | Uint8Array, more: Record<string, Uint8Array> = {}) =>
    zipSync({
      '[Content_Types].xml': types,
      'xl/workbook.xml': book,
      'xl/_rels/workbook.xml.rels': rels,
      'xl/worksheets/sheet1.xml': typeof sheet === 'string' ? strToU8(sheet) : sheet,
      ...more,
    });
  const rows = (inside: string) => `<worksheet><sheetData>${inside}</sheetData></worksheet>`;

  test('a small hand-made workbook is read, so the cases below differ by their fault alone', async () => {
    const [sheet] = await readWorkbook(withSheet(rows('<row r="1"><c r="A1"><v>5</v></c></row>')));
    expect(sheet?.rows).toEqual([[{ kind: 'number', text: '5' }]]);
  });
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'evidence/not-xlsx'],
    ['a CSV', strToU8('月份,数量\n2025-01,5\n'), 'evidence/not-xlsx'],
    ['an old .xls', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), 'evidence/not-xlsx'],
    ['a ZIP of something else', zipSync({ 'a.txt': strToU8('x') }), 'evidence/not-xlsx'],
    ['a workbook that ends between two parts', withSheet(rows('')).slice(0, 300), 'evidence/unreadable-file'],
    [
      'a workbook that ends inside a part',
      withSheet(rows('<row/>'.repeat(50))).slice(0, -450),
      'evidence/not-xlsx',
    ],
    ['over 20 MB', new Uint8Array(20 * 1024 * 1024 + 1).fill(0x50), 'evidence/file-too-large'],
    [
      'a bomb of blanks',
      withSheet(new Uint8Array(3 * 1024 * 1024).fill(0x20)),
      'evidence/unzipped-too-large',
    ],
    [
      'a row at two thousand million',
      withSheet(rows('<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>')),
      'evidence/too-many-cells',
    ],
    ['200,001 rows', withSheet(rows('<row/>'.repeat(200_001))), 'evidence/too-many-cells'],
    [
      'a wide and a long corner',
      withSheet(
        rows('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="199999"><c r="A199999"><v>1</v></c></row>'),
      ),
      'evidence/too-many-cells',
    ],
    [
      'a cell that Excel could not hold',
      withSheet(rows(`<row r="1"><c r="A1" t="str"><v>${'x'.repeat(200_000)}</v></c></row>`)),
      'evidence/not-xlsx',
    ],
    ['entities', withSheet('<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'), 'evidence/not-xlsx'],
    ['a sheet in UTF-16', withSheet(Uint8Array.of(0xff, 0xfe, 0x3c, 0x00)), 'evidence/not-xlsx'],
    [
      'rows out of order',
      withSheet(rows('<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')),
      'evidence/unreadable-file',
    ],
  ])('%s', async (_, bytes, want) => {
    expect(await codeOf(() => readWorkbook(bytes, limits))).toBe(want);
  });
  test('XML without ends costs no more than its length', async () => {
    for (const piece of ['<c >', '<c', '<x:c >', '<c t="e" ', '<row']) {
      expect(await codeOf(() => readWorkbook(withSheet(piece.repeat(400_000)), limits))).toMatch(
        /^evidence\//,
      );
    }
  });
  test('sizes in the headers are not believed', async () => {
    const bytes = withSheet(new Uint8Array(3 * 1024 * 1024).fill(0x20));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at + 46 < bytes.length; at += 1) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
      if (view.getUint32(at, true) === 0x04034b50) view.setUint32(at + 22, 100, true);
    }
    expect(await codeOf(() => readWorkbook(bytes, limits))).toMatch(
      /^evidence\/(unzipped-too-large|not-xlsx)$/,
    );
  });
});

describe('meter files', () => {
  const line = '2025-02-01 00:00,2.5';
  const text = `时间,电量(千瓦时)\r\n${line}\r\n`;
  const gb18030 = Uint8Array.of(
    0xca,
    0xb1,
    0xbc,
    0xe4,
    0x2c,
    0xb5,
    0xe7,
    0xc1,
    0xbf,
    0x28,
    0xc7,
    0xa7,
    0xcd,
    0xdf,
    0xca,
    0xb1,
    0x29,
    0x0d,
    0x0a,
    ...strToU8(line),
    0x0d,
    0x0a,
  );
  test.each<[string, Uint8Array]>([
    ['UTF-8', strToU8(text)],
    ['UTF-8 with BOM', Uint8Array.of(0xef, 0xbb, 0xbf, ...strToU8(text))],
    ['GB18030', gb18030],
    ['UTF-16 with tabs', Uint8Array.from(Buffer.from(`\ufeff${text.replaceAll(',', '\t')}`, 'utf16le'))],
    ['semicolons', strToU8(text.replaceAll(',', ';'))],
  ])('%s', (_, bytes) => {
    expect(readMeterCsv(bytes, 'L1.csv').rows).toEqual([
      [
        { kind: 'text', text: '时间' },
        { kind: 'text', text: '电量(千瓦时)' },
      ],
      [
        { kind: 'text', text: '2025-02-01 00:00' },
        { kind: 'text', text: '2.5' },
      ],
    ]);
  });
  test('row numbers hold over blank lines', () => {
    const bytes = strToU8('时间,电量(kWh)\n\n2025-02-01 00:00,x\n');
    const draft = importMeterCsv(readMeterCsv(bytes, 'L1.csv'), {
      line: 'L1',
      year: null,
      expectedElectricity: { value: '0.07', unit: 'kWh' },
      output: null,
    });
    expect(draft.refusals[0]).toMatchObject({ code: 'evidence/malformed-number', row: 3, column: 'B' });
  });
  test.each<[string, Uint8Array, string]>([
    ['a workbook', zipSync({ 'a.xml': strToU8('x') }), 'evidence/not-csv'],
    ['bytes that are no text', Uint8Array.of(0x00, 0xff, 0x00, 0xff, 0x80), 'evidence/not-csv'],
    ['an open quote', strToU8('时间,电量\n"2025'), 'evidence/not-csv'],
    ['over 20 MB', new Uint8Array(20 * 1024 * 1024 + 1).fill(0x31), 'evidence/file-too-large'],
    ['200,001 rows', strToU8('1,2\n'.repeat(200_001)), 'evidence/too-many-cells'],
  ])('%s is refused', async (_, bytes, want) => {
    expect(await codeOf(() => readMeterCsv(bytes, 'L1.csv'))).toBe(want);
  });
});
