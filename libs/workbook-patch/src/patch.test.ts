// On a workbook that exceljs makes here, and on the Commission's own where a copy lies beside the repository.
import { existsSync, readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { type UnzipFileInfo, unzipSync, zipSync } from 'fflate';
import { zipCodec } from '../../../scripts/zip-codec.ts';
import { type Edit, editsFromMap, LIMITS, MAP_FORMAT, patchWorkbook, WorkbookError } from './index.ts';

const text = (sheet: string, cell: string, value: string): Edit => ({
  sheet,
  cell,
  value: { kind: 'text', text: value },
});
const number = (sheet: string, cell: string, decimal: string): Edit => ({
  sheet,
  cell,
  value: { kind: 'number', decimal },
});
const patch = (bytes: Uint8Array, ...edits: Edit[]) => patchWorkbook(bytes, edits, zipCodec);
const read = async (bytes: Uint8Array): Promise<ExcelJS.Workbook> => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(bytes as unknown as ExcelJS.Buffer);
  return book;
};
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof WorkbookError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'accepted';
};
/** Name → compressed size and content, in the order of the archive. */
const partsOf = (bytes: Uint8Array): Map<string, string> => {
  const sizes = new Map<string, number>();
  const files = unzipSync(bytes, {
    filter: (info: UnzipFileInfo) => {
      sizes.set(info.name, info.size);
      return true;
    },
  });
  return new Map(
    Object.entries(files).map(([name, content]) => [
      name,
      `${sizes.get(name)} ${Buffer.from(content).toString('base64')}`,
    ]),
  );
};
const changedOf = (a: Uint8Array, b: Uint8Array): string[] => {
  const after = partsOf(b);
  const before = partsOf(a);
  expect([...after.keys()]).toEqual([...before.keys()]);
  return [...before.keys()].filter((name) => before.get(name) !== after.get(name)).sort();
};

async function questionnaire(): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Buyer & Co', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.getCell('A1').value = 'Product name';
  sheet.getCell('B1').value = 'please fill';
  sheet.getCell('B1').font = { bold: true, color: { argb: 'FFFF0000' } };
  sheet.getCell('A2').value = 'kg per piece';
  sheet.getCell('B2').numFmt = '0.000';
  sheet.getCell('B2').value = 0;
  sheet.getCell('A3').value = 'twice';
  sheet.getCell('B3').value = { formula: 'B2*2', result: 0 };
  sheet.getCell('B5').value = { formula: 'B2+1', result: 1 };
  sheet.mergeCells('C1:D2');
  book.addWorksheet('Notes').getCell('A1').value = 'leave me';
  return new Uint8Array(await book.xlsx.writeBuffer());
}

describe('a workbook made by exceljs', () => {
  test('texts, numbers and dates stand in it, styles and formulas stay, other parts keep their bytes', async () => {
    const before = await questionnaire();
    const { bytes, report } = patch(
      before,
      text('Buyer & Co', 'B1', '甘蔗浆餐盘 <9"> & _x0041_\n第二行'),
      number('Buyer & Co', 'B2', '0.0421'),
      { sheet: 'Buyer & Co', cell: 'F7', value: { kind: 'date', day: '2026-12-31' } },
      number('Buyer & Co', 'A2', '1'),
      text('Buyer & Co', 'C1', 'top left of merged cells'),
      text('Buyer & Co', 'E3', 'new cell in an old row'),
    );
    expect(report.changedParts).toEqual(['xl/workbook.xml', 'xl/worksheets/sheet1.xml']);
    expect(changedOf(before, bytes)).toEqual([...report.changedParts]);
    expect(report.cells.map((each) => each.before)).toEqual([
      'value',
      'value',
      'empty',
      'value',
      'empty',
      'empty',
    ]);
    const sheet = (await read(bytes)).getWorksheet('Buyer & Co')!;
    // Excel reads _x005F_ as an underscore, so that what follows stays text; exceljs shows it as it stands.
    expect(sheet.getCell('B1').value).toBe('甘蔗浆餐盘 <9"> & _x005F_x0041_\n第二行');
    expect(sheet.getCell('B1').font).toEqual({ bold: true, color: { argb: 'FFFF0000' } });
    expect(sheet.getCell('B2').value).toBe(0.0421);
    expect(sheet.getCell('B2').numFmt).toBe('0.000');
    expect(sheet.getCell('F7').value).toBe(46387);
    expect(sheet.getCell('E3').value).toBe('new cell in an old row');
    expect(sheet.getCell('B3').formula).toBe('B2*2');
    expect(new TextDecoder().decode(unzipSync(bytes)['xl/workbook.xml'])).toMatch(
      /<calcPr fullCalcOnLoad="1"[^<>]*>/,
    );
  });
  test('the same edits give the same bytes, none give the same archive content', async () => {
    const before = await questionnaire();
    const edits = [text('Buyer & Co', 'B1', 'x')];
    expect(patch(before, ...edits).bytes).toEqual(patch(before, ...edits).bytes);
    expect(changedOf(before, patch(before).bytes)).toEqual([]);
  });
  test('a formula goes only when told', async () => {
    const before = await questionnaire();
    expect(refusal(() => patch(before, number('Buyer & Co', 'B3', '2')))).toBe('workbook/formula-cell /0');
    const { bytes, report } = patch(before, { ...number('Buyer & Co', 'B3', '2'), replaceFormula: true });
    expect(report.cells[0]?.before).toBe('formula');
    expect((await read(bytes)).getWorksheet('Buyer & Co')!.getCell('B3').value).toBe(2);
    const told = (cell: string, formulaHas: string) =>
      refusal(() => patch(before, { ...number('Buyer & Co', cell, '2'), replaceFormula: true, formulaHas }));
    expect(told('B3', 'B2*2')).toBe('accepted');
    expect(told('B3', 'C7')).toBe('workbook/other-formula /0');
    expect(told('Z99', 'B2')).toBe('workbook/other-formula /0');
  });
  test('refusals say which edit', async () => {
    const book = await questionnaire();
    const sheet = 'Buyer & Co';
    const cases: [string, Edit[]][] = [
      ['workbook/unknown-sheet /0/sheet', [text('Nowhere', 'A1', 'x')]],
      ['workbook/malformed-cell /0/cell', [text(sheet, 'A0', 'x')]],
      ['workbook/malformed-cell /0/cell', [text(sheet, 'XFE1', 'x')]],
      ['workbook/merged-cell /0', [text(sheet, 'D2', 'x')]],
      ['workbook/duplicate-cell /1', [text(sheet, 'A1', 'x'), text(sheet, '$A$1', 'y')]],
      ['workbook/malformed-value /0/value', [number(sheet, 'A1', '1,5')]],
      ['workbook/malformed-value /0/value', [number(sheet, 'A1', '1e5')]],
      ['workbook/malformed-value /0/value', [text(sheet, 'A1', '\u0007')]],
      [
        'workbook/malformed-value /0/value',
        [{ sheet, cell: 'A1', value: { kind: 'date', day: '2026-02-30' } }],
      ],
    ];
    for (const [want, edits] of cases) expect(refusal(() => patch(book, ...edits))).toBe(want);
  });
  test('a mapping fills a questionnaire from a record and lists what it lacks', async () => {
    const map = {
      format: MAP_FORMAT,
      cells: [
        { sheet: 'Buyer & Co', cell: 'B1', from: '/product/name' },
        { sheet: 'Buyer & Co', cell: 'B2', from: '/product/a~1b', as: 'number' },
        { sheet: 'Notes', cell: 'B1', from: '/product/gtin' },
        { sheet: 'Notes', cell: 'B2', text: 'self-declared' },
      ],
    };
    const { edits, missing } = editsFromMap(map, { product: { name: 'plate', 'a/b': '0.5' } });
    expect(missing).toEqual([{ sheet: 'Notes', cell: 'B1', from: '/product/gtin' }]);
    const book = await read(patch(await questionnaire(), ...edits).bytes);
    expect(book.getWorksheet('Buyer & Co')!.getCell('B2').value).toBe(0.5);
    expect(book.getWorksheet('Notes')!.getCell('B2').value).toBe('self-declared');
    expect(refusal(() => editsFromMap({ format: MAP_FORMAT, cells: [{ sheet: 'x' }] }, {}))).toBe(
      'workbook/malformed-map /cells/0/cell',
    );
    expect(refusal(() => editsFromMap({ format: 'other' }, {}))).toBe('workbook/malformed-map /format');
  });
});

describe('hostile archives', () => {
  const utf8 = (content: string) => new TextEncoder().encode(content);
  const book = (sheet: string, more: Record<string, Uint8Array> = {}) =>
    zipSync({
      'xl/workbook.xml': utf8(
        '<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
      ),
      'xl/_rels/workbook.xml.rels': utf8(
        '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>',
      ),
      'xl/worksheets/s.xml': utf8(sheet),
      ...more,
    });
  const one = (bytes: Uint8Array) => refusal(() => patch(bytes, text('S', 'B2', 'x')));
  test.each<[string, string, string]>([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>', 'workbook/not-xlsx '],
    ['a comment that looks like a row', '<sheetData><!--<row r="9">--></sheetData>', 'workbook/not-xlsx '],
    ['a tag that never ends', `<sheetData>${'<row '.repeat(50_000)}`, 'workbook/not-xlsx '],
    ['rows out of order', '<sheetData><row r="3"/><row r="2"/></sheetData>', 'workbook/not-xlsx '],
    ['no table', '<worksheet/>', 'workbook/not-xlsx '],
    [
      'array formula',
      '<sheetData><row><c><f t="array" ref="A1:C3">1</f></c></row></sheetData>',
      'workbook/shared-formula /0',
    ],
    ['rows without numbers', '<sheetData><row><c/></row><row><c/><c/></row></sheetData>', 'accepted'],
    ['an empty table', '<sheetData/>', 'accepted'],
    ['prefixed names', '<x:sheetData><x:row r="2"><x:c r="B2" s="4"/></x:row></x:sheetData>', 'accepted'],
  ])('%s', (_, sheet, want) => {
    expect(one(book(sheet))).toBe(want);
  });
  test('the master of a shared formula stays, a follower may go, and the chain forgets it', () => {
    const bytes = book(
      '<sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">1+1</f></c></row><row r="2"><c r="A2"><f t="shared" si="0"/></c></row></sheetData>',
      {
        'xl/calcChain.xml': utf8(
          '<calcChain><c r="B9" i="2"/><c r="A2" i="1" l="1"/><c r="A1"/></calcChain>',
        ),
      },
    );
    expect(refusal(() => patch(bytes, { ...text('S', 'A1', 'x'), replaceFormula: true }))).toBe(
      'workbook/shared-formula /0',
    );
    const after = unzipSync(patch(bytes, { ...text('S', 'A2', 'x'), replaceFormula: true }).bytes);
    expect(new TextDecoder().decode(after['xl/calcChain.xml'])).toBe(
      '<calcChain><c r="B9" i="2"/><c r="A1" i="1"/></calcChain>',
    );
  });
  test('a workbook that counts days from 1904', () => {
    const bytes = zipSync({
      ...unzipSync(book('<sheetData/>')),
      'xl/workbook.xml': utf8(
        '<workbook><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
      ),
    });
    const { bytes: after } = patch(bytes, {
      sheet: 'S',
      cell: 'A1',
      value: { kind: 'date', day: '2026-01-01' },
    });
    expect(new TextDecoder().decode(unzipSync(after)['xl/worksheets/s.xml'])).toContain('<v>44561</v>');
  });
  test('bombs, cut and changed files', () => {
    const bomb = book(`<sheetData>${' '.repeat(5_000_000)}</sheetData>`);
    expect(
      refusal(() =>
        patchWorkbook(bomb, [text('S', 'A1', 'x')], zipCodec, { ...LIMITS, unpackedBytes: 1_000_000 }),
      ),
    ).toBe('workbook/unpacked-too-large ');
    const good = book('<sheetData/>');
    // A part that unpacks to more than its header says.
    const lying = good.slice();
    const at = new DataView(lying.buffer);
    for (let i = 0; i < lying.length - 4; i += 1)
      if (at.getUint32(i, true) === 0x02014b50) at.setUint32(i + 24, 3, true);
    expect(one(lying)).toBe('workbook/not-xlsx ');
    expect(one(good.subarray(0, good.length - 1))).toBe('workbook/not-xlsx ');
    expect(one(utf8('PK no archive'))).toBe('workbook/not-xlsx ');
    expect(one(book('<sheetData/>', { '_xmlsignatures/sig1.xml': utf8('<a/>') }))).toBe('workbook/signed ');
    expect(refusal(() => patchWorkbook(good, [], zipCodec, { ...LIMITS, fileBytes: 10 }))).toBe(
      'workbook/file-too-large ',
    );
    // Any one byte flipped gives a refusal or a workbook, never a crash.
    for (let i = 0; i < good.length; i += 7) {
      const flipped = good.slice();
      flipped[i] = (flipped[i] ?? 0) ^ 0x55;
      one(flipped);
    }
  });
});

const TEMPLATE = new URL(
  '../../../../shared/data/carbon/cbam/CBAM_Communication_template_for_installations_en_20241213_v2.1.1.xlsx',
  import.meta.url,
);
if (!existsSync(TEMPLATE)) console.warn("skipped: the Commission's communication workbook is not here");
(existsSync(TEMPLATE) ? describe : describe.skip)("the Commission's communication workbook v2.1.1", () => {
  test('input cells are filled, formulas of the summary are refused or replaced, 76 parts keep their bytes', () => {
    const before = new Uint8Array(readFileSync(TEMPLATE));
    expect(refusal(() => patch(before, text('Summary_Communication', 'G12', 'x')))).toBe(
      'workbook/formula-cell /0',
    );
    expect(
      refusal(() => patch(before, { ...text('Summary_Communication', 'P27', 'x'), replaceFormula: true })),
    ).toBe('workbook/shared-formula /0');
    const { bytes, report } = patch(
      before,
      text('A_InstData', 'I20', 'Example Fastener Works'),
      { sheet: 'A_InstData', cell: 'I9', value: { kind: 'date', day: '2026-01-01' } },
      { ...text('Summary_Communication', 'F26', '73181542'), replaceFormula: true },
      { ...number('Summary_Communication', 'I26', '2.01234'), replaceFormula: true },
    );
    expect(report.changedParts).toEqual([
      'xl/calcChain.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet14.xml',
      'xl/worksheets/sheet5.xml',
    ]);
    expect(changedOf(before, bytes)).toEqual([...report.changedParts]);
    const parts = unzipSync(bytes, { filter: ({ name }) => report.changedParts.includes(name) });
    const sheet = (number: number) => new TextDecoder().decode(parts[`xl/worksheets/sheet${number}.xml`]);
    expect(sheet(5)).toContain(
      '<c r="I20" s="1253" t="inlineStr"><is><t xml:space="preserve">Example Fastener Works</t></is></c>',
    );
    expect(sheet(5)).toContain('<c r="I9" s="1262"><v>46023</v></c>');
    expect(sheet(14)).toContain('<c r="I26" s="779"><v>2.01234</v></c>');
    expect(sheet(14)).toContain('<f>Summary_Processes!G10</f>');
    const chain = (file: Uint8Array) =>
      new TextDecoder()
        .decode(unzipSync(file, { filter: ({ name }) => name === 'xl/calcChain.xml' })['xl/calcChain.xml'])
        .match(/<c /g)!.length;
    expect(chain(before) - chain(bytes)).toBe(2);
  }, 60_000);
});
