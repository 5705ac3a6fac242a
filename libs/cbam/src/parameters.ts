/**
 * Dated parameters that come with the program, as tables of the same format that anybody can replace. State of
 * knowledge: 2026-11-22. Default values and benchmarks do not come with it: load them.
 */
import { loadTable, NO_TABLES, TABLE_FORMAT, type Tables } from './tables.ts';

export const KNOWN_ON = '2026-11-22';
const FACT = 'figures of Union law and of the Commission, re-use with acknowledgement';

const PRICES = {
  format: TABLE_FORMAT,
  table: 'certificate-prices',
  title: 'CBAM certificate prices',
  act: 'Implementing Regulation (EU) 2025/2548',
  version: '2026-Q2',
  validFrom: '2026-01-01',
  source: 'European Commission, published prices of 2026-04-07 and 2026-07-06; later ones not seen',
  licence: FACT,
  complete: false,
  supersededBy: null,
  rows: [
    { period: '2026-Q1', euroPerTonne: '75.36', published: '2026-04-07' },
    { period: '2026-Q2', euroPerTonne: '75.28', published: '2026-07-06' },
  ],
};

const SHARES: readonly (readonly [string, string, string | null])[] = [
  ['2026', '0.975', '1'],
  ['2027', '0.95', '1'],
  ['2028', '0.9', '1'],
  ['2029', '0.775', '1'],
  ['2030', '0.515', '1'],
  ['2031', '0.39', null],
  ['2032', '0.265', null],
  ['2033', '0.14', null],
  ['2034', '0', null],
];

const ALLOCATION = {
  format: TABLE_FORMAT,
  table: 'free-allocation',
  title: 'Share of free allocation by year, and cross-sectoral correction factor',
  act: 'Regulation (EU) 2023/956; Implementing Regulation (EU) 2025/2620; Implementing Decision (EU) 2026/1862',
  version: '2026-11-22',
  validFrom: '2026-01-01',
  source: 'the acts named; the correction factor second-hand, from Guidance Document 4 as quoted',
  licence: FACT,
  complete: true,
  supersededBy: null,
  rows: SHARES.map(([year, share, correction]) => ({ year, share, correction })),
};

const MARK_UPS = {
  format: TABLE_FORMAT,
  table: 'mark-ups',
  title: 'Mark-up on default values',
  act: 'Implementing Regulation (EU) 2025/2621',
  version: '2026-11-22',
  validFrom: '2026-01-01',
  source: 'the act named',
  licence: FACT,
  complete: true,
  supersededBy: null,
  rows: [
    ...['cement', 'iron-and-steel', 'aluminium', 'hydrogen'].flatMap((sector) => [
      { sector, fromYear: '2026', markUp: '0.1' },
      { sector, fromYear: '2027', markUp: '0.2' },
      { sector, fromYear: '2028', markUp: '0.3' },
    ]),
    { sector: 'fertilisers', fromYear: '2026', markUp: '0.01' },
    { sector: 'electricity', fromYear: '2026', markUp: '0' },
  ],
};

/** Tables as the program brings them; default values and benchmarks are not loaded. */
export const SHIPPED_TABLES: Tables = [PRICES, ALLOCATION, MARK_UPS].reduce<Tables>(
  (tables, table) => loadTable(tables, table),
  NO_TABLES,
);

/** From when CBAM counts, as Regulation (EU) 2025/2083 left it. */
export const DEADLINES = {
  liableFrom: '2026-01-01',
  firstDeclaration: '2027-09-30',
  firstReports: '2027-01-01',
} as const;
