/** From the cells of a workbook to an import draft. Pure: the same cells give the same draft. */
import type { Quantity } from '#lib/quantity';
import type { Sheet } from './cell.ts';
import {
  ELECTRICITY_COLUMNS,
  FUEL_COLUMNS,
  MATERIAL_COLUMNS,
  OUTPUT_COLUMNS,
  readSheetName,
  SHEET_NAMES,
  type SheetKind,
  TRANSPORT_COLUMNS,
  WASTE_COLUMNS,
} from './columns.ts';
import type { ImportDraft, Note, Place, Question, Refusal } from './draft.ts';
import { ELECTRICITY_REQUIRED, readElectricity } from './electricity-sheet.ts';
import { readFuel, readMaterials, readOutput, readTransport, readWaste } from './other-sheets.ts';
import { askAboutEnergy } from './plausibility.ts';
import { refuse } from './refusals.ts';
import { bySeries } from './series.ts';
import type { ReadRow, SheetResult } from './sheet-result.ts';
import { type Columns, readTable, type Table } from './table.ts';

export interface WorkbookContext {
  /** Electricity per piece that the product's template expects, to notice a wrong unit. */
  readonly expectedElectricity: Quantity;
}

/** A file with thousands of faults has one cause; the first ones show it. */
const MAX_REFUSALS = 200;
/** What one calculation takes; a year of monthly bills of a factory has a few hundred rows. */
const MAX_ACTIVITIES = 5_000;

/** Reads every known sheet; sheets and columns that are not known are noted and left aside. */
export function importWorkbook(sheets: readonly Sheet[], context: WorkbookContext): ImportDraft {
  const rows: ReadRow[] = [];
  const refusals: Refusal[] = [];
  const notes: Note[] = [];
  const hidden = new Map<string, number[]>();
  let known = 0;
  for (const sheet of sheets) {
    const kind = readSheetName(sheet.name);
    if (kind === 'readme') continue;
    if (kind === null) {
      notes.push(ignoredSheet(sheet.name));
      continue;
    }
    known += 1;
    const read = readKnownSheet(sheet, kind);
    for (const note of read.notes) notes.push(note);
    for (const refusal of read.refusals) refusals.push(refusal);
    if (sheet.hidden && read.activities.length > 0) {
      hidden.set(
        sheet.name,
        read.activities.map((_, at) => rows.length + at),
      );
    }
    for (const row of read.activities) rows.push(row);
  }
  if (known === 0) {
    const seen = sheets.map((sheet) => sheet.name).join(', ');
    const wanted = Object.values(SHEET_NAMES)
      .map((names) => names[0])
      .join(', ');
    refusals.push(
      refuse('evidence/no-known-sheet', { sheet: '', row: null, column: null }, { seen, wanted }),
    );
  }
  if (rows.length > MAX_ACTIVITIES) {
    const place = { sheet: '', row: null, column: null };
    const tooMany = refuse('evidence/too-many-activities', place, {
      seen: String(rows.length),
      wanted: String(MAX_ACTIVITIES),
    });
    return makeDraft([], [...refusals, tooMany], [], notes);
  }
  refusals.push(...findOverlaps(rows));
  const questions = [
    ...[...hidden].map(([name, activities]) => askAboutHiddenSheet(name, activities)),
    ...rows.flatMap(askAboutZero),
    ...askAboutEnergy(rows, context.expectedElectricity, null),
  ];
  return makeDraft(rows, refusals, questions, notes);
}

/** Numbers the questions and keeps the list of refusals to a length that a person reads. */
export function makeDraft(
  rows: readonly Pick<ReadRow, 'activity'>[],
  refusals: readonly Refusal[],
  questions: readonly Omit<Question, 'id'>[],
  notes: readonly Note[],
): ImportDraft {
  const more = refusals.length - MAX_REFUSALS;
  const cut: Note[] = more <= 0 ? [] : [moreRefusals(more)];
  return {
    format: 'anchorleaf-import-draft/v1',
    activities: rows.map((row) => row.activity),
    refusals: refusals.slice(0, MAX_REFUSALS),
    questions: questions.map((question, at) => ({ id: `q${at + 1}`, ...question })),
    notes: [...notes, ...cut],
  };
}

function readKnownSheet(sheet: Sheet, kind: SheetKind): SheetResult & { readonly notes: readonly Note[] } {
  switch (kind) {
    case 'output':
      return through(sheet, OUTPUT_COLUMNS, ['line', 'quantity', 'unit'], readOutput);
    case 'electricity':
      return through(sheet, ELECTRICITY_COLUMNS, ELECTRICITY_REQUIRED, readElectricity);
    case 'fuel':
      return through(sheet, FUEL_COLUMNS, ['item', 'quantity', 'unit'], readFuel);
    case 'materials':
      return through(sheet, MATERIAL_COLUMNS, ['item', 'quantity', 'unit'], readMaterials);
    case 'transport':
      return through(sheet, TRANSPORT_COLUMNS, ['direction', 'mode', 'mass', 'distance'], readTransport);
    case 'waste':
      return through(sheet, WASTE_COLUMNS, ['treatment', 'quantity', 'unit'], readWaste);
  }
}

function through<K extends string>(
  sheet: Sheet,
  columns: Columns<K>,
  required: readonly K[],
  read: (table: Table<K>) => SheetResult,
): SheetResult & { readonly notes: readonly Note[] } {
  const table = readTable(sheet, columns, required);
  const { activities, refusals } = read(table);
  return { activities, refusals: [...table.refusals, ...refusals], notes: table.notes };
}

/** Two rows of one meter, or two outputs of one line, over the same days count the same thing twice. */
function findOverlaps(rows: readonly ReadRow[]): Refusal[] {
  const series = bySeries(rows, ({ activity: { kind, item, line, meter } }) =>
    kind === 'electricity' || kind === 'output' ? JSON.stringify([kind, item, line, meter]) : null,
  );
  return series.flatMap((indexes) => {
    const members = indexes.map((index) => rows[index]).filter((row) => row !== undefined);
    const sorted = members.sort((a, b) => a.period.from - b.period.from);
    return sorted.flatMap((row, at) => {
      const before = sorted[at - 1];
      if (before === undefined || row.period.from >= before.period.until) return [];
      return [refuse('evidence/overlapping-period', row.place, { seen: String(before.activity.place.row) })];
    });
  });
}

function askAboutZero(row: ReadRow, index: number): Omit<Question, 'id'>[] {
  const { activity } = row;
  if (activity.state === 'zero' || activity.quantity === null || !/^[0.]+$/.test(activity.quantity.value))
    return [];
  return [
    {
      code: 'evidence/zero-quantity',
      ...row.quantityPlace,
      message: {
        zh: `${activity.name.zh} 的数量为 0，是确实为零，还是缺数据？`,
        en: `the quantity of ${activity.name.en} is 0: truly nought, or no data?`,
      },
      activities: [index],
      answers: [
        {
          code: 'zero-confirmed',
          label: { zh: '确实为零', en: 'truly nought' },
          effect: { kind: 'state', state: 'zero' },
        },
        {
          code: 'missing',
          label: { zh: '缺数据', en: 'no data' },
          effect: { kind: 'state', state: 'missing' },
        },
      ],
      answer: null,
    },
  ];
}

function askAboutHiddenSheet(name: string, activities: readonly number[]): Omit<Question, 'id'> {
  return {
    code: 'evidence/hidden-sheet',
    sheet: name,
    row: null,
    column: null,
    message: {
      zh: `工作表“${name}”是隐藏的，有 ${activities.length} 行数据，是否使用？`,
      en: `sheet "${name}" is hidden and has ${activities.length} rows of data: use them?`,
    },
    activities,
    answers: [
      { code: 'use', label: { zh: '使用', en: 'use them' }, effect: { kind: 'none' } },
      { code: 'leave-out', label: { zh: '不使用', en: 'leave them out' }, effect: { kind: 'drop' } },
    ],
    answer: null,
  };
}

const nowhere: Place = { sheet: '', row: null, column: null };

const ignoredSheet = (name: string): Note => ({
  code: 'evidence/sheet-ignored',
  ...nowhere,
  sheet: name,
  message: { zh: `忽略工作表“${name}”`, en: `sheet "${name}" is ignored` },
});

const moreRefusals = (count: number): Note => ({
  code: 'evidence/more-refusals',
  ...nowhere,
  message: { zh: `另有 ${count} 个问题未列出`, en: `${count} more refusals are not listed` },
});
