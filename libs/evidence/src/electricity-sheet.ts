/** The electricity sheet: bills and own meters, as register readings × 倍率 or as a quantity, or both if they agree. */
import { compare, convert, parseDecimal, type Quantity } from '#lib/quantity';
import type { ActivityDraft, ActivityState, Basis } from './activity.ts';
import { cellText } from './cell.ts';
import { ELECTRICITY_COLUMNS } from './columns.ts';
import type { Refusal } from './draft.ts';
import { type Item, namesOf, readItem } from './items.ts';
import { refuse } from './refusals.ts';
import { type Register, readRegister } from './register.ts';
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
} from './row-values.ts';
import type { SheetResult } from './sheet-result.ts';
import type { Table, TableRow } from './table.ts';

type Column = keyof typeof ELECTRICITY_COLUMNS;
type Energy = { readonly state: ActivityState; readonly quantity: Quantity | null; readonly basis: Basis };

export const ELECTRICITY_REQUIRED: readonly Column[] = ['use', 'unit'];

export function readElectricity(table: Table<Column>): SheetResult {
  const refusals: Refusal[] = [];
  const activities = table.rows.flatMap((row): SheetResult['activities'] => {
    const item = readUse(row, refusals);
    const period = readPeriod(row, refusals);
    const onLine = item?.code === 'line-electricity';
    const line = readRowLine(row, onLine ? null : 'shared', refusals);
    const grade = readGrade(row, refusals);
    const energy = readEnergy(row, table, refusals);
    if (item === null || period === null || line === null || grade === null || energy === null) return [];
    if (onLine === (line === 'shared')) {
      const wanted = onLine ? 'L1, L2 …' : '公用 shared';
      refusals.push(refuse('evidence/unknown-word', row.place('line'), { seen: line, wanted }));
      return [];
    }
    const meter = readText(row, 'meter', refusals);
    const activity: ActivityDraft = {
      kind: 'electricity',
      item: item.code,
      line,
      name: meterName(item, meter),
      period: { start: period.start, end: period.end },
      ...energy,
      grade,
      meter,
      voucher: cellText(row.cell('voucher')),
      supplier: null,
      place: { sheet: row.place().sheet, row: row.row },
    };
    return [{ activity, period, place: row.place('start'), quantityPlace: row.place('quantity') }];
  });
  return { activities, refusals };
}

const meterName = ({ name }: Item, meter: string | null) =>
  meter === null ? name : { zh: `${name.zh} ${meter}`, en: `${name.en} ${meter}` };

function readUse(row: TableRow<Column>, refusals: Refusal[]): Item | null {
  const written = cellText(row.cell('use'));
  const item = written === null ? null : readItem(written, ['electricity']);
  if (item === null) {
    const code = written === null ? 'evidence/missing-item' : 'evidence/unknown-item';
    refusals.push(refuse(code, row.place('use'), { seen: written ?? '', wanted: namesOf(['electricity']) }));
  }
  return item;
}

const REGISTER: readonly Column[] = [
  'startReading',
  'endReading',
  'multiplier',
  'oldMeterEnd',
  'newMeterStart',
];

function readEnergy(row: TableRow<Column>, table: Table<Column>, refusals: Refusal[]): Energy | null {
  const filled = REGISTER.filter((column) => cellText(row.cell(column)) !== null);
  if (filled.length === 0) {
    const read = readQuantity(row, table, ['energy'], refusals);
    return read === null ? null : { ...read, basis: { kind: 'stated' } };
  }
  return readFromRegister(row, table, filled, refusals);
}

function readFromRegister(
  row: TableRow<Column>,
  table: Table<Column>,
  filled: readonly Column[],
  refusals: Refusal[],
): Energy | null {
  const state = readState(row, refusals);
  const missing = (['startReading', 'endReading', 'multiplier'] as const).filter(
    (column) => !filled.includes(column),
  );
  const halfChange = filled.includes('oldMeterEnd') !== filled.includes('newMeterStart');
  if (missing.length > 0 || halfChange) {
    const wanted = missing.length > 0 ? missing : (['oldMeterEnd', 'newMeterStart'] as const);
    const seen = wanted.map((column) => ELECTRICITY_COLUMNS[column].slice(0, 2).join(' ')).join(', ');
    refusals.push(refuse('evidence/incomplete-register', row.place(wanted[0]), { seen }));
    return null;
  }
  const numbers = new Map<Column, string>();
  for (const column of filled) {
    const amount = readAmount(row, column, refusals);
    if (amount !== null) numbers.set(column, amount.value);
  }
  const unit = readRowUnit(row, table, { quantity: 'quantity', unit: 'unit' }, null, ['energy'], refusals);
  if (state === null || unit === null || numbers.size < filled.length) return null;
  const of = (column: Column): string => numbers.get(column) ?? '0';
  const register: Register = {
    start: of('startReading'),
    end: of('endReading'),
    multiplier: of('multiplier'),
    change: numbers.has('oldMeterEnd') ? { oldEnd: of('oldMeterEnd'), newStart: of('newMeterStart') } : null,
  };
  const reading = readRegister(register, unit);
  if (reading.kind === 'no-multiplier') {
    refusals.push(
      refuse('evidence/incomplete-register', row.place('multiplier'), {
        seen: `倍率 ${register.multiplier}`,
      }),
    );
    return null;
  }
  if (reading.kind === 'backwards') {
    const seen = `${reading.from} → ${reading.to}`;
    refusals.push(refuse('evidence/register-backwards', row.place('endReading'), { seen }));
    return null;
  }
  if (!fits(reading.value)) {
    refusals.push(refuse('evidence/too-many-digits', row.place('endReading'), { seen: reading.value }));
    return null;
  }
  const quantity: Quantity = { value: reading.value, unit };
  return agreesWithStated(row, table, quantity, refusals) ? { state, quantity, basis: reading.basis } : null;
}

/** A quantity written beside the readings must be the same number. */
function agreesWithStated(
  row: TableRow<Column>,
  table: Table<Column>,
  computed: Quantity,
  refusals: Refusal[],
): boolean {
  if (!table.has('quantity') || cellText(row.cell('quantity')) === null) return true;
  const stated = readAmount(row, 'quantity', refusals);
  if (stated === null) return false;
  const unit = stated.unit ?? table.headerUnit('quantity') ?? computed.unit;
  const same =
    compare(convert(parseDecimal(stated.value), unit, computed.unit), parseDecimal(computed.value)) === 0;
  if (!same) {
    const seen = `${stated.value} ${unit} ≠ ${computed.value} ${computed.unit}`;
    refusals.push(refuse('evidence/register-disagrees', row.place('quantity'), { seen }));
  }
  return same;
}
