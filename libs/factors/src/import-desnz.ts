/**
 * UK Government conversion factors, flat file. Three traps: rows per gas are parts of the row `kg CO2e` before them;
 * freight and fuel rows are direct emissions, their well-to-tank rows stand in other tables; an empty figure is missing.
 */
import { DESNZ_TABLES, desnzFields } from './desnz-row.ts';
import { FactorsError } from './errors.ts';
import type { Factor } from './record.ts';
import { csvImporter, figure, type TableImporter } from './table-import.ts';

const UNITS: Readonly<Record<string, string>> = {
  tonnes: 't',
  kg: 'kg',
  litres: 'L',
  'cubic metres': 'm3',
  kWh: 'kWh',
  'kWh (Net CV)': 'kWh',
  GJ: 'GJ',
  'tonne.km': 'tkm',
  km: 'km',
};

/** Table, or table_group, of the upstream half. */
const UPSTREAM_OF: Readonly<Record<string, string>> = {
  '1': '11',
  '2': '12',
  '27': '28',
  '7_400': '15_917',
  '13_402': '15_918',
  '10_401': '16_919',
  '13_403': '16_920',
};

interface Pending {
  readonly line: number;
  readonly id: string;
  readonly names: readonly string[];
  readonly uom: string;
  readonly value: string;
  readonly gases: Map<string, string>;
}

/** @param document hash of the file that is pushed, `sha256:…` */
export function desnzImporter(document: string): TableImporter {
  let pending: Pending | null = null;
  const halves: { readonly key: string; readonly factor: Factor }[] = [];
  const upstream = new Map<string, Factor>();

  const settle = (into: Parameters<Parameters<typeof csvImporter>[1]>[1]): void => {
    const row = pending;
    pending = null;
    if (row === null) return;
    const factor = into.row(row.line, () => {
      const unit = UNITS[row.uom];
      if (unit === undefined)
        throw new FactorsError(
          'factors/unknown-unit',
          `line ${row.line}`,
          `a figure per ${row.uom} has no unit here`,
          'take the row per tonne, litre, kWh (net) or tonne.km of the same thing',
        );
      const [co2, ch4, n2o] = ['CO2', 'CH4', 'N2O'].map((gas) => row.gases.get(gas) ?? '');
      const en = row.names.filter((name) => name !== '').join(', ');
      return desnzFields({
        row: row.id,
        name: { zh: `英国 2025 换算因子：${en}`, en: `${en} (UK)` },
        unit,
        value: figure(row.value, row.line),
        perGas: co2 && ch4 && n2o ? { co2, ch4, n2o } : null,
        document,
        standIn: 'UK figure standing in for China',
      });
    });
    if (factor === null) return;
    const [table = '', group = '', item = '', unit = ''] = row.id.split('_');
    if (factor.kind === 'upstream') {
      upstream.set(`${table}|${item}|${unit}`, factor);
      upstream.set(`${table}_${group}|${item}|${unit}`, factor);
    } else if (factor.kind === 'direct') {
      const other = UPSTREAM_OF[table] ?? UPSTREAM_OF[`${table}_${group}`] ?? '';
      halves.push({ key: `${other}|${item}|${unit}`, factor });
    }
  };

  return csvImporter(
    [
      'ID',
      'Level 1',
      'Level 2',
      'Level 3',
      'Level 4',
      'Column Text',
      'UOM',
      'GHG/Unit',
      'GHG Conversion Factor 2025',
    ],
    ({ line, cell }, into) => {
      const id = cell('ID');
      const table = id.slice(0, Math.max(0, id.indexOf('_')));
      if (!Object.hasOwn(DESNZ_TABLES, table)) {
        into.skip(`table ${table} ${cell('Level 1')}`);
        return;
      }
      const value = cell('GHG Conversion Factor 2025');
      const gas = /^kg CO2e of (CO2|CH4|N2O) per unit$/.exec(cell('GHG/Unit'))?.[1];
      if (gas !== undefined) {
        const whole = pending;
        if (
          whole === null ||
          id.slice(0, id.lastIndexOf('_')) !== whole.id.slice(0, whole.id.lastIndexOf('_'))
        ) {
          into.row(line, () => {
            throw new FactorsError(
              'factors/gas-row',
              `line ${line}`,
              `row ${id} is the ${gas} part of no row before it`,
              'rows per gas follow the row of all gases; they are never factors of their own',
            );
          });
        } else whole.gases.set(gas, value);
        return;
      }
      settle(into);
      if (cell('GHG/Unit') !== 'kg CO2e') {
        into.skip(`figure in ${cell('GHG/Unit')}`);
        return;
      }
      const names = ['Level 2', 'Level 3', 'Level 4', 'Column Text', 'UOM'].map(cell);
      pending = { line, id, names, uom: cell('UOM'), value, gases: new Map() };
    },
    (into) => {
      settle(into);
      const pairs: { direct: string; upstream: string }[] = [];
      const unpaired: string[] = [];
      for (const { key, factor } of halves) {
        const other = upstream.get(key);
        if (other === undefined) unpaired.push(factor.id);
        else pairs.push({ direct: factor.id, upstream: other.id });
      }
      return { pairs, unpaired };
    },
  );
}
