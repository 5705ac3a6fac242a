// The texts of the golden world. Quantities are synthetic.
import type { JsonObject, JsonValue } from '#lib/canonical';
import { jwkOf, recoveryCommitment } from '#lib/record';
import { ADDRESSES, DID, FACILITY, GTIN, KEYS, KID, LOT, PERIOD, PRODUCED, PRODUCT } from './people.ts';

const NAMES = { zh: '义乌示例餐具有限公司', en: 'Yiwu Example Tableware' };
export const BODY_NAMES = { zh: '示例核查有限公司', en: 'Example Verification' };
export const SCOPE = 'product footprints of pulp and paper goods';

export const keyDocument = (nonce: string): JsonObject => ({
  type: 'key/v1',
  nonce,
  did: DID,
  kid: KID,
  publicKeyJwk: { ...jwkOf(KEYS.issuer.public) },
  issuerAddress: ADDRESSES.issuer,
  mintKey: ADDRESSES.issuer,
  holder: 'operator',
  sequence: 1,
  previous: null,
  signedBy: 'self',
  recovery: recoveryCommitment(KEYS.recovery.public),
});

/** The second key: by the first, by the recovery key committed to, or by nobody but the host. */
export const nextKeyDocument = (
  nonce: string,
  previous: string,
  by: 'previous' | 'recovery' | 'host',
): JsonObject => ({
  ...keyDocument(nonce),
  kid: `${DID}#key-2`,
  publicKeyJwk: { ...jwkOf(KEYS.next.public) },
  sequence: 2,
  previous,
  signedBy: by === 'recovery' ? 'recovery' : 'previous',
  ...(by === 'recovery' && { recoveryKeyJwk: { ...jwkOf(KEYS.recovery.public) } }),
});

export function catalogue(nonce: () => string) {
  const organisation = { did: DID, names: NAMES, uscc: '91330782MA29EXAM04', country: 'CN' };
  const facility = {
    id: FACILITY,
    names: { zh: '一厂', en: 'Works 1' },
    country: 'CN',
    subdivision: 'CN-ZJ',
  };
  const product = {
    id: PRODUCT,
    idScheme: 'gtin',
    gtin: GTIN,
    names: { zh: '甘蔗浆餐盘 9 寸', en: 'Sugarcane plate 9"' },
    cnCode: '48237010',
    declaredUnit: { value: '1', unit: 'piece' },
    massPerUnit: { value: '15', unit: 'g' },
  };
  const batch = { lot: LOT, ...PRODUCED, quantity: { value: '200000', unit: 'piece' } };
  const packaging = [{ material: 'corrugated board', mass: { value: '0.8', unit: 'g' } }];
  return {
    organisation,
    facility,
    product,
    batch,
    documents: [
      { type: 'organisation/v1', nonce: nonce(), ...organisation },
      { type: 'facility/v1', nonce: nonce(), ...facility, organisation: DID },
      { type: 'product/v1', nonce: nonce(), ...product, buyerSku: 'SKU-9-PLATE', packaging },
      { type: 'batch/v1', nonce: nonce(), product: PRODUCT, facility: FACILITY, ...batch },
    ] as const satisfies readonly JsonObject[],
  };
}

const PULP_FACTOR = {
  value: '0.62',
  unit: 'kgCO2e/kg',
  primaryDataShare: '80',
  year: '2025',
  statement: `sha256:${'ab'.repeat(32)}`,
};

/** One line a source: kind, item, line, names, quantity, supplier. */
const ACTIVITIES: readonly (readonly [string, string, string, string, string, string, string, JsonValue])[] =
  [
    ['output', 'product', 'L1', '产量', 'output', '14000000', 'piece', null],
    ['output', 'product', 'L2', '产量', 'output', '10000000', 'piece', null],
    ['electricity', 'grid-electricity', 'shared', '外购电', 'purchased electricity', '1500000', 'kWh', null],
    ['electricity', 'pv-self-use', 'shared', '光伏自用电', 'roof PV, self-used', '220000', 'kWh', null],
    ['electricity', 'line-electricity', 'L1', '一号线电表', 'meter of line 1', '880000', 'kWh', null],
    ['electricity', 'line-electricity', 'L2', '二号线电表', 'meter of line 2', '817000', 'kWh', null],
    ['heat', 'natural-gas', 'shared', '天然气', 'natural gas', '95000', 'm3', null],
    [
      'material',
      'bagasse-pulp',
      'shared',
      '甘蔗浆',
      'bagasse pulp',
      '372',
      't',
      { name: '某浆厂', factor: PULP_FACTOR },
    ],
  ];

export function activityDocuments(nonce: () => string): readonly JsonObject[] {
  return ACTIVITIES.map(([kind, item, line, zh, en, value, unit, supplier], at) => ({
    type: 'activity/v1',
    nonce: nonce(),
    organisation: DID,
    facility: FACILITY,
    kind,
    item,
    line,
    name: { zh, en },
    period: PERIOD,
    state: 'value',
    quantity: { value, unit },
    basis: { kind: 'stated' },
    supplier,
    source: { grade: 'bill', sheet: kind, row: at + 2, meter: null, voucher: null },
  }));
}

export const registrationDocument = (nonce: string): JsonObject => ({
  type: 'registration/v1',
  nonce,
  registrar: ADDRESSES.registrar,
  body: ADDRESSES.body,
  names: BODY_NAMES,
  country: 'CN',
  accreditation: { body: 'CNAS', number: 'VB-001' },
  scope: SCOPE,
  standards: ['ISO 14064-3:2019'],
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2029-01-01T00:00:00Z',
});
