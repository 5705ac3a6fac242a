/** Output, fuel and heat, materials and packaging, transport, waste: one reader per sheet. */
import { convert, formatExact, multiply, parseDecimal, type Quantity } from '#lib/quantity';
import type { ActivityDraft, ActivityKind, Basis, Line, SupplierFactor } from './activity.ts';
import { cellText } from './cell.ts';
import type {
  FUEL_COLUMNS,
  MATERIAL_COLUMNS,
  OUTPUT_COLUMNS,
  TRANSPORT_COLUMNS,
  WASTE_COLUMNS,
} from './columns.ts';
import type { Refusal } from './draft.ts';
import { type Item, itemByCode, namesOf, readItem } from './items.ts';
import { refuse } from './refusals.ts';
import {
  fits,
  readAmount,
  readGrade,
  readPeriod,
  readQuantity,
  readRowLine,
  readRowUnit,
  readState,
  readText,
  readWord,
} from './row-values.ts';
import type { ReadRow, SheetResult } from './sheet-result.ts';
import type { Table, TableRow } from './table.ts';
import { DIRECTIONS, MODES, TREATMENTS } from './words.ts';

type CommonColumn =
  | 'start'
  | 'end'
  | 'month'
  | 'line'
  | 'quantity'
  | 'unit'
  | 'voucher'
  | 'grade'
  | 'state'
  | 'note';

export function readOutput(table: Table<keyof typeof OUTPUT_COLUMNS>): SheetResult {
  return readSheet(table, (row, refusals) => {
    const line = readRowLine(row, null, refusals);
    if (line === 'shared') {
      refusals.push(refuse('evidence/unknown-word', row.place('line'), { seen: line, wanted: 'L1, L2 …' }));
      return null;
    }
    return line === null ? null : plainRow(row, table, itemByCode('product'), line, refusals);
  });
}

export function readFuel(table: Table<keyof typeof FUEL_COLUMNS>): SheetResult {
  return readSheet(table, (row, refusals) => namedRow(row, table, ['fuel', 'heat'], refusals));
}

export function readMaterials(table: Table<keyof typeof MATERIAL_COLUMNS>): SheetResult {
  return readSheet(table, (row, refusals) => {
    const read = namedRow(row, table, ['material', 'packaging'], refusals);
    const supplier = readSupplier(row, refusals);
    if (read === null || supplier === 'refused') return null;
    return { ...read, activity: { ...read.activity, supplier } };
  });
}

export function readWaste(table: Table<keyof typeof WASTE_COLUMNS>): SheetResult {
  return readSheet(table, (row, refusals) => {
    const code = readWord(row, 'treatment', TREATMENTS, null, refusals);
    return code === null ? null : plainRow(row, table, itemByCode(code), 'shared', refusals);
  });
}

/** Mass × distance, exact, in tonne kilometres; the quantity is derived and the two stay in its basis. */
export function readTransport(table: Table<keyof typeof TRANSPORT_COLUMNS>): SheetResult {
  return readSheet(table, (row, refusals) => {
    const direction = readWord(row, 'direction', DIRECTIONS, null, refusals);
    const mode = readWord(row, 'mode', MODES, null, refusals);
    const state = readState(row, refusals);
    const mass = readPart(row, table, 'mass', 'massUnit', 'mass', refusals);
    const distance = readPart(row, table, 'distance', 'distanceUnit', 'length', refusals);
    if (direction === null || mode === null || state === null || mass === null || distance === null)
      return null;
    const tonnes = convert(parseDecimal(mass.value), mass.unit, 't');
    const value = formatExact(multiply(tonnes, convert(parseDecimal(distance.value), distance.unit, 'km')));
    if (!fits(value)) {
      refusals.push(refuse('evidence/too-many-digits', row.place('mass'), { seen: value }));
      return null;
    }
    const cargo = readText(row, 'cargo', refusals);
    const { name, ...item } = itemByCode(`${mode}-${direction}`);
    const named = cargo === null ? name : { zh: `${name.zh}：${cargo}`, en: `${name.en}: ${cargo}` };
    return draftRow(row, { ...item, name: named }, 'shared', refusals, 'mass', {
      state,
      quantity: { value, unit: 'tkm' },
      basis: { kind: 'mass-distance', mass, distance },
    });
  });
}

function readSheet<K extends string>(
  table: Table<K>,
  read: (row: TableRow<K>, refusals: Refusal[]) => ReadRow | null,
): SheetResult {
  const refusals: Refusal[] = [];
  const activities = table.rows.map((row) => read(row, refusals)).filter((each) => each !== null);
  return { activities, refusals };
}

function namedRow(
  row: TableRow<CommonColumn | 'item'>,
  table: Table<CommonColumn | 'item'>,
  kinds: readonly ActivityKind[],
  refusals: Refusal[],
): ReadRow | null {
  const written = cellText(row.cell('item'));
  const item = written === null ? null : readItem(written, kinds);
  const line = readRowLine(row, 'shared', refusals);
  if (item === null) {
    const code = written === null ? 'evidence/missing-item' : 'evidence/unknown-item';
    refusals.push(refuse(code, row.place('item'), { seen: written ?? '', wanted: namesOf(kinds) }));
  }
  return item === null || line === null ? null : plainRow(row, table, item, line, refusals);
}

function plainRow(
  row: TableRow<CommonColumn>,
  table: Table<CommonColumn>,
  item: Item,
  line: Line,
  refusals: Refusal[],
): ReadRow | null {
  const read = readQuantity(row, table, item.dimensions, refusals);
  if (read === null) return null;
  return draftRow(row, item, line, refusals, 'quantity', { ...read, basis: { kind: 'stated' } });
}

type DraftColumn = 'start' | 'end' | 'month' | 'voucher' | 'grade';

function draftRow<K extends string>(
  row: TableRow<K | DraftColumn>,
  item: Pick<Item, 'code' | 'kind' | 'name'>,
  line: Line,
  refusals: Refusal[],
  quantityColumn: K,
  amount: { state: ActivityDraft['state']; quantity: Quantity | null; basis: Basis },
): ReadRow | null {
  const period = readPeriod(row, refusals);
  const grade = readGrade(row, refusals);
  if (period === null || grade === null) return null;
  const activity: ActivityDraft = {
    kind: item.kind,
    item: item.code,
    line,
    name: item.name,
    period: { start: period.start, end: period.end },
    ...amount,
    grade,
    meter: null,
    voucher: cellText(row.cell('voucher')),
    supplier: null,
    place: { sheet: row.place().sheet, row: row.row },
  };
  return { activity, period, place: row.place('start'), quantityPlace: row.place(quantityColumn) };
}

function readPart<K extends string>(
  row: TableRow<K>,
  table: Table<K>,
  quantity: K,
  unit: K,
  dimension: 'mass' | 'length',
  refusals: Refusal[],
): Quantity | null {
  const amount = readAmount(row, quantity, refusals);
  if (amount === null) return null;
  const named = readRowUnit(row, table, { quantity, unit }, amount.unit, [dimension], refusals);
  return named === null ? null : { value: amount.value, unit: named };
}

type SupplierColumn =
  | 'supplier'
  | 'supplierFactor'
  | 'supplierFactorUnit'
  | 'supplierFactorYear'
  | 'primaryShare'
  | 'statement';

/** The supplier of a row and its own figure, if it states one: figure, unit, year and statement hash, or none of them. */
function readSupplier(
  row: TableRow<SupplierColumn>,
  refusals: Refusal[],
): ActivityDraft['supplier'] | 'refused' {
  const name = readText(row, 'supplier', refusals);
  const parts: readonly SupplierColumn[] = [
    'supplierFactor',
    'supplierFactorUnit',
    'supplierFactorYear',
    'statement',
  ];
  const filled = parts.filter((column) => cellText(row.cell(column)) !== null);
  if (filled.length === 0) return name === null ? null : { name, factor: null };
  const factor = name === null ? null : readSupplierFactor(row, refusals);
  if (name === null || factor === null) {
    const empty =
      parts.find((column) => !filled.includes(column)) ?? (name === null ? 'supplier' : 'supplierFactor');
    const seen = parts.map((column) => cellText(row.cell(column)) ?? '∅').join(' | ');
    refusals.push(refuse('evidence/incomplete-supplier-factor', row.place(empty), { seen }));
    return 'refused';
  }
  return { name, factor };
}

function readSupplierFactor(row: TableRow<SupplierColumn>, refusals: Refusal[]): SupplierFactor | null {
  const amount =
    cellText(row.cell('supplierFactor')) === null ? null : readAmount(row, 'supplierFactor', refusals);
  const unit = supplierUnit(cellText(row.cell('supplierFactorUnit')) ?? '');
  const year = cellText(row.cell('supplierFactorYear')) ?? '';
  const statement = (cellText(row.cell('statement')) ?? '').toLowerCase().replace(/^sha256:/, '');
  const share = cellText(row.cell('primaryShare'));
  const primary = share === null ? null : readAmount(row, 'primaryShare', refusals);
  if (amount === null || unit === null || !/^\d{4}$/.test(year) || !/^[0-9a-f]{64}$/.test(statement))
    return null;
  if (
    share !== null &&
    (primary === null || parseDecimal(primary.value).n > 100n * parseDecimal(primary.value).d)
  ) {
    return null;
  }
  return {
    value: amount.value,
    unit,
    primaryDataShare: primary?.value ?? null,
    year,
    statement: `sha256:${statement}`,
  };
}

/** `kgCO2e/kg`, `kg CO2e/t`, `tCO2e/t` (the same number as per kilogram) … to `kgCO2e/{unit}`. */
function supplierUnit(text: string): string | null {
  const match = /^(kg|t)co2e?q?\/(kg|t|千克|公斤|吨)$/.exec(
    text.toLowerCase().replace(/\s+/g, '').replace('₂', '2'),
  );
  if (match === null) return null;
  const perTonne = match[2] === 't' || match[2] === '吨';
  if (match[1] === 'kg') return perTonne ? 'kgCO2e/t' : 'kgCO2e/kg';
  return perTonne ? 'kgCO2e/kg' : null;
}
