import { ANNEX_I } from './annex1.ts';
import { askEu, CbamError, isInScope, parseCn, renderEuAnswer } from './index.ts';

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof CbamError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('Annex I', () => {
  test('569 codes of eight digits, each once', () => {
    const codes = Object.values(ANNEX_I).flatMap((each) => each.split(' '));
    expect(codes.length).toBe(569);
    expect(new Set(codes).size).toBe(569);
    expect(codes.every((each) => /^\d{8}$/.test(each))).toBe(true);
    for (const each of codes) expect(isInScope(each)).toMatchObject({ state: 'in', codes: 1 });
  });
  test.each<[string, string]>([
    ['9405 42 31', 'out'], // LED lamps
    ['8539 52 00', 'out'],
    ['7323 93 00', 'out'], // steel tableware
    ['7615 10 80', 'out'], // aluminium tableware, which one published default table lists
    ['761510', 'out'],
    ['7615', 'out'],
    ['7602 00 19', 'out'],
    ['7204', 'out'],
    ['7317 00 80', 'out'], // nails
    ['6109 10 00', 'out'],
    ['4823 69 90', 'out'],
    ['3924 10 00', 'out'],
    ['3105 60 00', 'out'],
    ['7202 21 00', 'out'], // ferro-silicon
    ['7318', 'in'],
    ['7318.15.42', 'in'],
    ['73 26 90 98', 'in'],
    ['7616 99 90', 'in'],
    ['2716 00 00', 'in'],
    ['3102 10 12', 'in'], // of the split in CN 2026
    ['2507 00 80', 'in'],
    ['7202', 'needs-more-digits'],
    ['2507', 'needs-more-digits'],
    ['310560', 'out'],
    ['3105', 'needs-more-digits'],
  ])('%s is %s', (cn, state) => {
    expect(isInScope(cn).state).toBe(state);
  });
  test('reasons name the good, digits that are missing and the threshold', () => {
    expect(isInScope('9405').reason.en).toBe(
      '9405 (lamps and lighting fittings) is not in Annex I: no CBAM duty for this good.',
    );
    expect(isInScope('9405').reason.zh).toContain('灯具');
    expect(isInScope('25231000')).toMatchObject({ state: 'in', needsTaric: true });
    expect(isInScope('2523100010')).toMatchObject({
      state: 'in',
      needsTaric: false,
      category: 'cement-clinker',
    });
    const screws = isInScope('73181542');
    expect(screws.state === 'in' && screws.duty.freeTonnesPerImporterAndYear).toBe('50');
    expect(screws.state === 'in' && screws.duty.who.en).toContain('EU importer declares');
    const hydrogen = isInScope('28041000');
    expect(hydrogen.state === 'in' && hydrogen.duty.freeTonnesPerImporterAndYear).toBe(null);
    expect(isInScope('31021010').reason.en).toContain('3102 10 12, 3102 10 15, 3102 10 19');
    expect(isInScope('73269999').reason.en).toContain('CN 2024 has no such code');
  });
  test('what is no code is refused', () => {
    for (const text of ['', '73', '731', '73181', 'LED', '7318 15 4', '7'.repeat(12)])
      expect(code(() => parseCn(text))).toBe('cbam/malformed-cn');
  });
});

describe('what the EU asks, and from when', () => {
  test('LED lamps: no CBAM, and no passport duty known on a date', () => {
    const answer = askEu('9405 42 31', '2026-11-25');
    expect(answer.cbam.state).toBe('out');
    expect(answer.cbamMissing).toEqual([]);
    expect(renderEuAnswer(answer, 'en')).toContain('it is not law');
    expect(renderEuAnswer(askEu('4823 69 90', '2026-11-25'), 'zh')).toBe(
      '4823 69 90\nCBAM: 4823 69 90（纸和纸制品） 不在附件一：该商品没有碳关税（CBAM）义务。\n产品护照义务：截至 2026-11-22 未知（没有发现）。\n',
    );
    expect(answer.duties).toEqual([]);
    expect(answer.others.en).toBe('Product passport duties: none known on 2026-11-22.');
  });
  test('screws: in CBAM since 2026, who must act, and what is missing', () => {
    const text = renderEuAnswer(askEu('7318 15 42', '2026-11-25', ['installation']), 'en');
    expect(text).toContain('Imports count since 2026-01-01');
    expect(text).toContain('The EU importer declares');
    expect(text).toContain('missing: specific embedded emissions, verification report');
  });
  test('batteries: from 18 February 2027, with the fields that are missing', () => {
    const [before] = askEu('8507 60 00', '2027-02-17', ['productId']).duties;
    expect(before).toMatchObject({ id: 'battery-passport', from: '2027-02-18', applies: false });
    expect(before?.missing.map((each) => each.key)).toEqual([
      'operatorId',
      'facilityId',
      'batteryCategory',
      'carbonFootprint',
      'recycledContent',
    ]);
    expect(askEu('8507', '2027-02-18').duties[0]?.applies).toBe(true);
  });
  test('toys are adopted law, textiles a plan without a date of application', () => {
    expect(askEu('9503', '2026-11-25').duties).toMatchObject([{ from: '2030-08-01', applies: false }]);
    expect(askEu('6109', '2026-11-25').duties).toMatchObject([
      { state: 'planned', applies: null, missing: [] },
    ]);
    expect(askEu('7208', '2026-11-25').duties).toMatchObject([{ id: 'espr-iron-and-steel' }]);
  });
});
