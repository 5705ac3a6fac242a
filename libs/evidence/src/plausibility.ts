/**
 * Electricity per piece that is a hundred times off points at a wrong unit, most often kWh for MWh. It is a
 * question, not a refusal: the file may be right.
 */
import {
  add,
  compare,
  convert,
  divide,
  multiply,
  parseDecimal,
  type Quantity,
  type Rational,
  rational,
  sum,
  type Unit,
  ZERO,
} from '#lib/quantity';
import type { ActivityDraft, Line } from './activity.ts';
import type { AnswerCode, AnswerEffect, Place, Question } from './draft.ts';
import type { RowPeriod } from './row-values.ts';
import { bySeries } from './series.ts';

/** An activity with the period as seconds and the place of its quantity. */
export interface PlacedActivity {
  readonly activity: ActivityDraft;
  readonly period: RowPeriod;
  readonly quantityPlace: Place;
}

const OFF: Rational = rational(100n);
const UNITS: readonly (readonly [Unit, AnswerCode])[] = [
  ['kWh', 'read-as-kWh'],
  ['MWh', 'read-as-MWh'],
  ['万度', 'read-as-万度'],
];

/**
 * One question per meter whose electricity per piece is ≥ 100 times above or below what the template expects
 * or what the other lines use. Output comes from the same rows, or from `output` per line when the file has none.
 */
export function askAboutEnergy(
  rows: readonly PlacedActivity[],
  expected: Quantity,
  output: ReadonlyMap<Line, Rational> | null,
): Omit<Question, 'id'>[] {
  const want = convert(parseDecimal(expected.value), expected.unit, 'kWh');
  const series = bySeries(rows, ({ activity }) =>
    activity.kind === 'electricity' && activity.quantity !== null
      ? JSON.stringify([activity.item, activity.line, activity.meter])
      : null,
  );
  const perPiece = (index: number, unit?: Unit) => energyPerPiece(rows, index, output, unit);
  return series.flatMap((members) => {
    const others = otherLines(rows, members[0] ?? 0);
    // Of two lines that differ a hundredfold, the one that fits the template is not the one to ask about.
    const plausible = others.map((index) => perPiece(index)).filter((each) => each !== null);
    const references = [want, ...plausible.filter((each) => !isOff(each, want, true))];
    const odd = members.filter((index) => {
      const each = perPiece(index);
      return each !== null && references.some((reference) => isOff(each, reference, lowCounts(rows, index)));
    });
    const first = rows[odd[0] ?? -1];
    return first === undefined ? [] : [question(first, odd, answersFor(first, odd[0] ?? 0, want, perPiece))];
  });
}

/** Roof PV and shared loads may truly be small beside the product; a line or the grid may not. */
const lowCounts = (rows: readonly PlacedActivity[], index: number): boolean =>
  ['line-electricity', 'grid-electricity'].includes(rows[index]?.activity.item ?? '');

function isOff(value: Rational, reference: Rational, lowCounts: boolean): boolean {
  if (value.n === 0n || reference.n === 0n) return false;
  if (compare(value, multiply(reference, OFF)) >= 0) return true;
  return lowCounts && compare(multiply(value, OFF), reference) <= 0;
}

/** Rows of other lines' meters over the same period as row `index`. */
function otherLines(rows: readonly PlacedActivity[], index: number): number[] {
  const own = rows[index];
  if (own === undefined || own.activity.item !== 'line-electricity') return [];
  return [...rows.keys()].filter((at) => {
    const other = rows[at]?.activity;
    return (
      other?.item === 'line-electricity' &&
      other.line !== own.activity.line &&
      other.period.start === own.activity.period.start
    );
  });
}

function energyPerPiece(
  rows: readonly PlacedActivity[],
  index: number,
  output: ReadonlyMap<Line, Rational> | null,
  unit?: Unit,
): Rational | null {
  const row = rows[index];
  if (row === undefined || row.activity.quantity === null) return null;
  const pieces = piecesDuring(rows, row, output);
  if (pieces.n === 0n) return null;
  const { value } = row.activity.quantity;
  return divide(convert(parseDecimal(value), unit ?? row.activity.quantity.unit, 'kWh'), pieces);
}

/** Pieces made on the row's line, or on all lines, in the row's period; an output row counts by its overlap. */
function piecesDuring(
  rows: readonly PlacedActivity[],
  row: PlacedActivity,
  known: ReadonlyMap<Line, Rational> | null,
): Rational {
  const { line } = row.activity;
  if (known !== null) return line === 'shared' ? sum([...known.values()]) : (known.get(line) ?? ZERO);
  return rows.reduce((total, { activity, period }) => {
    if (activity.kind !== 'output' || activity.quantity === null) return total;
    if (line !== 'shared' && activity.line !== line) return total;
    if (activity.quantity.unit !== 'piece' && activity.quantity.unit !== '万件') return total;
    const overlap = Math.min(period.until, row.period.until) - Math.max(period.from, row.period.from);
    if (overlap <= 0) return total;
    const made = convert(parseDecimal(activity.quantity.value), activity.quantity.unit, 'piece');
    return add(total, multiply(made, rational(BigInt(overlap), BigInt(period.until - period.from))));
  }, ZERO);
}

/** Keeping is always an answer; other units are offered when they bring the figure near what is expected. */
function answersFor(
  row: PlacedActivity,
  index: number,
  want: Rational,
  perPiece: (index: number, unit: Unit) => Rational | null,
): Question['answers'] {
  const keep = {
    code: 'keep' as AnswerCode,
    label: { zh: '表中的单位正确', en: 'the unit in the file is right' },
    effect: { kind: 'none' } as AnswerEffect,
  };
  const others = UNITS.flatMap(([unit, code]) => {
    const each = perPiece(index, unit);
    if (unit === row.activity.quantity?.unit || each === null || isOff(each, want, true)) return [];
    return [
      {
        code,
        label: { zh: `按 ${unit} 读取`, en: `read as ${unit}` },
        effect: { kind: 'unit', unit } as AnswerEffect,
      },
    ];
  });
  return [keep, ...others];
}

function question(
  row: PlacedActivity,
  activities: readonly number[],
  answers: Question['answers'],
): Omit<Question, 'id'> {
  const { name, quantity } = row.activity;
  const seen = `${quantity?.value ?? ''} ${quantity?.unit ?? ''}`;
  return {
    code: 'evidence/implausible-energy',
    ...row.quantityPlace,
    message: {
      zh: `${name.zh}：${seen}，每件用电量与其他产线或模板相差 100 倍以上（${activities.length} 行），单位是否正确？`,
      en: `${name.en}: ${seen} is 100 times or more off per piece from the other line or the template (${activities.length} rows); is the unit right?`,
    },
    activities,
    answers,
    answer: null,
  };
}
