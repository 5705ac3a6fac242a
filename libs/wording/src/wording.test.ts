import {
  displayDay,
  displayNumber,
  displayTime,
  en,
  FIELD_NAMES,
  forbiddenWords,
  isMessageKey,
  LANGUAGES,
  pageFields,
  say,
  sayCode,
  zh,
} from './index.ts';

const CATALOGUES = { en, zh } as const;

describe.each(LANGUAGES)('catalogue %s', (language) => {
  const catalogue = CATALOGUES[language];

  test('has every key and no other', () => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
  });

  test.each(Object.entries(catalogue))('%s', (key, text) => {
    expect(text.trim()).not.toBe('');
    expect(forbiddenWords(text)).toEqual([]);
    const places = (of: string) => [...of.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    expect(places(text)).toEqual(places(en[key as keyof typeof en]));
  });
});

test.each([
  ['A green product', 'green'],
  ['This product is verified', 'a bare "verified"'],
  ['carbon-neutral plate', 'neutrality'],
  ['100 % recycled', '100 %'],
  ['tamper-proof record', 'tamper-proof'],
  ['已认证的产品', '「已认证」「已验证」'],
  ['低碳餐盘', '「绿色」「低碳」「环保」'],
  ['区块链不可篡改', '「上链即真实」「不可篡改」'],
])('%j is refused', (text, what) => {
  expect(forbiddenWords(text)).toContain(what);
});

test('allowed forms pass', () => {
  for (const text of [
    'checked by body A, limited assurance',
    'unchanged since 2026-11-25',
    '由核查机构核查',
    'verification',
  ])
    expect(forbiddenWords(text)).toEqual([]);
});

describe('say', () => {
  test('puts in values, times, and the text of values that are keys', () => {
    expect(
      say('en', 'status/withdrawn', { who: 'role/body', date: '2026-11-25T11:00:59Z', reason: 'x' }),
    ).toBe('Withdrawn by the verification body on 2026-11-25 11:00 UTC (x)');
    expect(
      say('zh', 'status/withdrawn', {
        who: 'role/body',
        date: '2026-11-25T11:00:59Z',
        reason: 'reason/none',
      }),
    ).toBe('已由核查机构于 2026-11-25 11:00 UTC 作废（未说明原因）');
  });

  test('a hostile value is neither a pattern nor a place of its own', () => {
    expect(say('en', 'status/replaced', { release: '$& {release}' })).toBe(
      'Replaced by release $& {release}',
    );
    expect(say('en', 'status/replaced', Object.create({ release: 'x' }))).toBe('Replaced by release –');
  });

  test('what people wrote is not taken for a key', () => {
    expect(say('en', 'page/opinion/qualified', { limitations: 'opinion/unmodified' })).toBe(
      'With a qualification: opinion/unmodified',
    );
    expect(say('en', 'page/product', { name: 'headline/matches', lot: 'L1' })).toBe(
      'headline/matches, batch L1',
    );
  });

  test('an unknown code stands as itself', () => {
    expect(sayCode('en', 'later/code', {})).toBe('later/code');
    expect(isMessageKey('constructor')).toBe(false);
  });
});

test.each([
  ['0.0512', '0.0512'],
  ['1.2389', '1.24'],
  ['1.2349', '1.23'],
  ['1.235', '1.24'],
  ['9.996', '10.0'],
  ['0.09996', '0.100'],
  ['99950', '100000'],
  ['12345', '12300'],
  ['12.5', '12.5'],
  ['1.20', '1.20'],
  ['1.200', '1.20'],
  ['-1.2355', '-1.24'],
  ['0.00', '0.00'],
  ['999.5', '1000'],
  ['0.5', '0.5'],
  ['100.04', '100'],
  ['n/a', 'n/a'],
])('displayNumber(%s) = %s', (decimal, shown) => expect(displayNumber(decimal)).toBe(shown));

test.each([
  ['2025-03-31T16:00:00Z', 'start', '2025-04-01'],
  ['2025-03-31T16:00:00Z', 'end', '2025-03-31'],
  ['2025-12-31T16:00:00Z', 'start', '2026-01-01'],
  ['2025-12-31T16:00:00Z', 'end', '2025-12-31'],
  ['2024-02-28T16:00:00Z', 'start', '2024-02-29'],
  ['2023-02-28T23:59:59Z', 'start', '2023-03-01'],
  ['2025-06-10T03:00:00Z', 'end', '2025-06-10'],
  ['soon', 'start', 'soon'],
] as const)('displayDay(%s, %s) = %s', (time, as, day) => expect(displayDay(time, as)).toBe(day));

test('displayTime', () => {
  expect(displayTime('2026-11-25T11:00:07Z')).toBe('2026-11-25 11:00 UTC');
});

describe('page fields', () => {
  const facts = {
    maker: { zh: '义乌某某厂', en: 'Yiwu Example Works' },
    place: 'CN-ZJ',
    product: { en: 'Plate 9 inch' },
    lot: 'L2026-11',
    code: '/01/06901234567892/10/L2026-11',
    number: '0.051234',
    per: '1 piece',
    boundary: 'cradle-to-gate',
    coverage: 'product-period',
    method: 'Anchorleaf product footprint 1.0.0',
    period: { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' },
    producedFrom: '2026-10-31T16:00:00Z',
    producedUntil: '2026-11-10T16:00:00Z',
    issuedAt: '2026-11-20T02:00:00Z',
    validUntil: '2028-12-31T16:00:00Z',
    opinion: null,
  };

  test('english', () => {
    expect(pageFields(facts, 'en')).toEqual({
      number: '0.0512',
      unit: 'kg CO₂e per piece',
      boundary:
        'From raw materials to the factory gate. Coverage: one product over a period. Calculated with Anchorleaf product footprint 1.0.0.',
      maker: 'Yiwu Example Works, CN-ZJ',
      product: 'Plate 9 inch, batch L2026-11',
      code: '/01/06901234567892/10/L2026-11',
      dates:
        'Made 2026-11-01 to 2026-11-10; data of 2025-01-01 to 2025-12-31; issued 2026-11-20; valid until 2028-12-31',
      opinion: 'Stated by the factory. Not checked by a third party.',
    });
  });

  test('chinese, with a qualified opinion', () => {
    const opinion = {
      body: { zh: '某核查有限公司' },
      level: 'limited',
      engagement: 'verification',
      opinion: 'qualified',
      standard: 'ISO 14064-3:2019',
      reportNumber: 'R-7',
      limitations: '纸浆为供应商数据',
      accreditation: { body: 'CNAS', number: 'V001' },
    };
    const fields = pageFields({ ...facts, opinion }, 'zh');
    expect(Object.keys(fields)).toEqual([...FIELD_NAMES]);
    expect(fields.unit).toBe('kg CO₂e/件');
    expect(fields.opinion).toBe(
      '某核查有限公司：有限保证，核查，报告 R-7，ISO 14064-3:2019。结论：保留。 带有保留意见：纸浆为供应商数据 认可机构 CNAS，编号 V001。',
    );
    for (const text of Object.values(fields)) expect(forbiddenWords(text)).toEqual([]);
  });
});
