import { formatExact } from '#lib/quantity';
import { QualityError } from './errors.ts';
import { interval95, lognormalUncertainty, PEDIGREE_VARIANCES, pedigreeVariance } from './pedigree.ts';
import { primaryShare, type ShareContribution } from './primary-share.ts';
import { PEF_CLASSES, pactRatings, pefDqr, type RatedContribution } from './ratings.ts';

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof QualityError)) throw error;
    expect(error.remedy).toBeTruthy();
    return `${error.code} ${error.place}`;
  }
  return 'taken';
};

describe('primary data share', () => {
  const of = (kgCO2e: string, share: string | null, primaryActivity = true): ShareContribution => ({
    kgCO2e,
    primaryActivity,
    factorPrimaryDataShare: share,
  });

  test('by emissions: both the activity and the factor must be primary', () => {
    // 30 × 100 % + 50 × 40 % + 0 (activity assumed) + 0 (not known) of 100
    const given = [of('30', '100'), of('50', '40'), of('15', '100', false), of('5', null)];
    expect(primaryShare(given)).toEqual({
      pact: '50.00',
      byMagnitude: '50.00',
      unknown: ['/3/factorPrimaryDataShare'],
    });
    expect(primaryShare([...given].reverse()).pact).toBe('50.00');
  });

  test('a credit can push the share over 100; magnitudes cannot', () => {
    const result = primaryShare([of('100', '100'), of('-50', '0')]);
    expect(result).toMatchObject({ pact: '200.00', byMagnitude: '66.67' });
  });

  test('of nothing there is no share', () => {
    expect(primaryShare([])).toMatchObject({ pact: null, byMagnitude: null });
    expect(primaryShare([of('5', '100'), of('-5', '100')])).toMatchObject({
      pact: null,
      byMagnitude: '100.00',
    });
    expect(refusal(() => primaryShare([of('5', '101')]))).toBe(
      'quality/percent-out-of-range /0/factorPrimaryDataShare',
    );
    expect(refusal(() => primaryShare([of('5,0', '1')]))).toBe('quality/malformed-decimal /0/kgCO2e');
  });
});

describe('ratings', () => {
  const of = (kgCO2e: string, t: string | null, g: string | null, m: string | null): RatedContribution => ({
    kgCO2e,
    technologicalDQR: t,
    geographicalDQR: g,
    temporalDQR: m,
  });

  test('PACT v3: weighted by the size of the emissions, credits too', () => {
    // (30 × 1 + 10 × 5) / 40 = 2; (30 × 2 + 10 × 4) / 40 = 2.5; (30 × 3 + 10 × 1) / 40 = 2.5
    expect(pactRatings([of('30', '1', '2', '3'), of('-10', '5', '4', '1')])).toEqual({
      technologicalDQR: '2.00',
      geographicalDQR: '2.50',
      temporalDQR: '2.50',
      missing: [],
    });
  });

  test('absent where there is nothing to weigh, or one is not rated', () => {
    expect(pactRatings([of('0', '1', '1', '1')])).toMatchObject({
      technologicalDQR: null,
      temporalDQR: null,
    });
    expect(pactRatings([of('1', '1', null, '1'), of('1', '2', '1', '1')])).toEqual({
      technologicalDQR: '1.50',
      geographicalDQR: null,
      temporalDQR: '1.00',
      missing: ['/0/geographicalDQR'],
    });
    expect(refusal(() => pactRatings([of('1', '0', '1', '1')]))).toBe(
      'quality/rating-out-of-range /0/technologicalDQR',
    );
    expect(refusal(() => pactRatings([of('1', '1', '1', '5.1')]))).toBe(
      'quality/rating-out-of-range /0/temporalDQR',
    );
  });

  test('PEF: mean of four, bounds inclusive, class from the exact number', () => {
    const dqr = (TeR: string, GeR: string, TiR: string, P: string) => {
      const result = pefDqr({ TeR, GeR, TiR, P });
      return `${result.dqr} ${result.class}`;
    };
    expect(dqr('1', '1', '1', '1')).toBe('1.00 very good');
    expect(dqr('1.6', '1.6', '1.6', '1.6')).toBe('1.60 very good');
    expect(dqr('1.6', '1.6', '1.6', '1.604')).toBe('1.60 good');
    expect(dqr('2', '2', '2', '2')).toBe('2.00 good');
    expect(dqr('2', '3', '3', '4')).toBe('3.00 fair');
    expect(dqr('5', '3', '3', '4')).toBe('3.75 null');
    expect(PEF_CLASSES.grade).toBe('second-hand');
    const own = { source: 'own', grade: 'official', classes: [{ name: 'only', upTo: '5' }] } as const;
    expect(pefDqr({ TeR: '5', GeR: '5', TiR: '5', P: '5' }, own)).toEqual({
      dqr: '5.00',
      class: 'only',
      classSource: 'own',
    });
    expect(refusal(() => pefDqr({ TeR: '1', GeR: '1', TiR: '6', P: '1' }))).toBe(
      'quality/rating-out-of-range /TiR',
    );
  });
});

describe('pedigree', () => {
  test('scores 3, 2, 3, 2, 4 add 0.044125 exactly', () => {
    // 0.002 + 0.0001 + 0.002 + 0.000025 + 0.04
    expect(formatExact(pedigreeVariance([3, 2, 3, 2, 4], ''))).toBe('0.044125');
    expect(formatExact(pedigreeVariance([3, 2, 3, 2, 4, 5], ''))).toBe('0.052425');
    expect(formatExact(pedigreeVariance([1, 1, 1, 1, 1], ''))).toBe('0');
  });

  test('a worse score never adds less', () => {
    for (const row of Object.values(PEDIGREE_VARIANCES))
      for (let i = 1; i < 5; i += 1) expect(Number(row[i])).toBeGreaterThan(Number(row[i - 1]));
  });

  test('GSD = e^√variance; without a basic variance it says so', () => {
    const only = lognormalUncertainty(null, [3, 2, 3, 2, 4], '');
    expect(only).toEqual({ variance: '0.044125', gsd: '1.23375', gsd2: '1.52214', basis: 'pedigree only' });
    expect(Number(only.gsd)).toBeCloseTo(Math.exp(Math.sqrt(0.044125)), 5);
    expect(lognormalUncertainty('0.0006', [3, 2, 3, 2, 4], '')).toMatchObject({
      variance: '0.044725',
      basis: 'basic and pedigree',
    });
    expect(lognormalUncertainty('0', null, '')).toMatchObject({ gsd: '1.00000', basis: 'basic only' });
    expect(interval95('100', only)).toEqual({ low: '65.7', high: '152' });
    expect(interval95('-100', only)).toEqual({ low: '-152', high: '-65.7' });
  });

  test('what is no score, and what is no variance', () => {
    expect(refusal(() => pedigreeVariance([1, 1, 1, 1], '/p'))).toBe('quality/pedigree /p');
    expect(refusal(() => pedigreeVariance([1, 1, 0, 1, 1], '/p'))).toBe('quality/pedigree /p/2');
    expect(refusal(() => pedigreeVariance([1, 1, 1, 1, 2.5], '/p'))).toBe('quality/pedigree /p/4');
    expect(refusal(() => lognormalUncertainty('-1', null, '/u'))).toBe(
      'quality/negative-variance /u/basicVariance',
    );
    expect(refusal(() => lognormalUncertainty('30', null, '/u'))).toBe('quality/spread-out-of-range /u');
    expect(refusal(() => lognormalUncertainty(null, null, '/u'))).toBe('quality/spread /u');
  });
});
