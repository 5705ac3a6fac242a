/** The facility-year as its factory writes it (docs/formats/balance.md): the form, and each number of a document once. */
import { type Claim, Claims, HourlyError, type PeriodText, readSpan } from '#lib/hourly';
import { isUnit } from '#lib/quantity';
import type { Amount } from './amount.ts';
import { BalanceError } from './errors.ts';

export interface Named {
  readonly name: string;
  readonly amount: Amount;
}

export interface FacilityYear {
  readonly format: 'anchorleaf-facility-year/v1';
  readonly facility: string;
  readonly period: PeriodText;
  readonly electricity: {
    /** Each bill by its number. */
    readonly bills: readonly Named[];
    /** Own generation used on site. */
    readonly selfUse: Amount;
    readonly lineMeters: readonly Named[];
    readonly sharedLoads: readonly Named[];
  };
  readonly stocks: readonly {
    readonly item: string;
    readonly unit: string;
    readonly opening: Amount;
    /** Each purchase by the number of its voucher. */
    readonly purchases: readonly Named[];
    readonly closing: Amount;
    /** What the lines recorded as used. */
    readonly use: Amount;
  }[];
  readonly masses: readonly {
    readonly name: string;
    readonly inputs: readonly Named[];
    readonly products: readonly Named[];
    readonly scrap: Amount;
    readonly waste: Amount;
  }[];
  readonly outputs: readonly {
    readonly product: string;
    readonly unit: string;
    readonly year: Amount;
    readonly batches: readonly Named[];
  }[];
  /** Green certificates retired for this facility and year, by their numbers. */
  readonly certificates: readonly { readonly id: string; readonly kWh: string }[];
}

/** Every bill, voucher and certificate of the year, each once. */
export function useOnce(year: FacilityYear, earlier: readonly Claim[]): readonly Claim[] {
  const uses: Claim[] = [
    ...year.electricity.bills.map(
      ({ name }, at) => ({ kind: 'bill', id: name, place: `/electricity/bills/${at}` }) as const,
    ),
    ...year.stocks.flatMap(({ purchases }, stock) =>
      purchases.map(
        ({ name }, at) => ({ kind: 'voucher', id: name, place: `/stocks/${stock}/purchases/${at}` }) as const,
      ),
    ),
    ...year.certificates.map(
      ({ id }, at) => ({ kind: 'certificate', id, place: `/certificates/${at}` }) as const,
    ),
  ];
  const claims = new Claims(earlier);
  for (const { kind, id, place } of uses) {
    try {
      claims.use(kind, id, place);
    } catch (cause) {
      if (!(cause instanceof HourlyError)) throw cause;
      const code = cause.code === 'hourly/used-twice' ? 'balance/used-twice' : 'balance/malformed-input';
      throw new BalanceError(code, place, cause.message, cause.remedy, { cause });
    }
  }
  return uses;
}

/**
 * Members, lists, names and units; amounts are read where they are summed.
 * @throws {BalanceError} balance/malformed-input, balance/duplicate, balance/unit
 */
export function checkShape(year: FacilityYear): void {
  members(year, '', [
    'format',
    'facility',
    'period',
    'electricity',
    'stocks',
    'masses',
    'outputs',
    'certificates',
  ]);
  if (year.format !== 'anchorleaf-facility-year/v1')
    throw malformed('/format', year.format, 'anchorleaf-facility-year/v1');
  text(year.facility, '/facility');
  try {
    readSpan(year.period, '/period');
  } catch (cause) {
    if (!(cause instanceof HourlyError)) throw cause;
    throw new BalanceError('balance/malformed-input', '/period', cause.message, cause.remedy, { cause });
  }
  members(year.electricity, '/electricity', ['bills', 'selfUse', 'lineMeters', 'sharedLoads']);
  for (const key of ['bills', 'lineMeters', 'sharedLoads'] as const)
    named(year.electricity[key], `/electricity/${key}`);
  for (const key of ['stocks', 'masses', 'outputs', 'certificates'] as const) {
    if (!Array.isArray(year[key])) throw malformed(`/${key}`, year[key], 'a list');
  }
  for (const [at, stock] of year.stocks.entries()) {
    members(stock, `/stocks/${at}`, ['item', 'unit', 'opening', 'purchases', 'closing', 'use']);
    text(stock.item, `/stocks/${at}/item`);
    unit(stock.unit, `/stocks/${at}/unit`);
    named(stock.purchases, `/stocks/${at}/purchases`);
  }
  for (const [at, mass] of year.masses.entries()) {
    members(mass, `/masses/${at}`, ['name', 'inputs', 'products', 'scrap', 'waste']);
    text(mass.name, `/masses/${at}/name`);
    named(mass.inputs, `/masses/${at}/inputs`);
    named(mass.products, `/masses/${at}/products`);
  }
  for (const [at, output] of year.outputs.entries()) {
    members(output, `/outputs/${at}`, ['product', 'unit', 'year', 'batches']);
    text(output.product, `/outputs/${at}/product`);
    unit(output.unit, `/outputs/${at}/unit`);
    named(output.batches, `/outputs/${at}/batches`);
    // one batch stands once: twice would close a balance that is open
    const seen = new Map<string, number>();
    for (const [batch, { name }] of output.batches.entries()) {
      const before = seen.get(name);
      if (before !== undefined) {
        throw new BalanceError(
          'balance/duplicate',
          `/outputs/${at}/batches/${batch}`,
          `batch ${name} stands at /outputs/${at}/batches/${before} and again at /outputs/${at}/batches/${batch}`,
          'write each batch once',
        );
      }
      seen.set(name, batch);
    }
  }
  for (const [at, certificate] of year.certificates.entries()) {
    members(certificate, `/certificates/${at}`, ['id', 'kWh']);
    text(certificate.id, `/certificates/${at}/id`);
  }
}

function named(list: unknown, place: string): void {
  if (!Array.isArray(list)) throw malformed(place, list, 'a list');
  for (const [at, each] of list.entries()) {
    members(each, `${place}/${at}`, ['name', 'amount']);
    text((each as Named).name, `${place}/${at}/name`);
  }
}

function members(value: unknown, place: string, wanted: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(place, value, 'an object');
  const keys = Object.keys(value);
  const odd = keys.find((key) => !wanted.includes(key)) ?? wanted.find((key) => !keys.includes(key));
  if (odd !== undefined)
    throw malformed(
      `${place}/${odd.slice(0, 60)}`,
      keys.includes(odd) ? odd : undefined,
      `exactly the members ${wanted.join(', ')}`,
    );
}

function unit(value: unknown, place: string): void {
  if (typeof value === 'string' && isUnit(value)) return;
  throw new BalanceError(
    'balance/unit',
    place,
    `${JSON.stringify(value) ?? 'nothing'} is not a known unit`,
    'write t, kg, m3, Nm3, piece …',
  );
}

function text(value: unknown, place: string): void {
  if (typeof value !== 'string' || value.trim() === '' || value.length > 200)
    throw malformed(place, value, 'a text');
}

function malformed(place: string, seen: unknown, wanted: string): BalanceError {
  return new BalanceError(
    'balance/malformed-input',
    place,
    `${place || 'the input'}: seen ${(JSON.stringify(seen) ?? 'nothing').slice(0, 80)}`,
    `write ${wanted}`,
  );
}
