/** `anchorleaf-cbam-input/v1`: one installation, one reporting period. docs/formats/cbam.md describes it. */
import { add, compare, type Rational, ZERO } from '#lib/quantity';
import { CbamError } from './errors.ts';
import { readInstallation } from './installation.ts';
import { type CbamInput, type Emission, type Precursor, type Process } from './model.ts';
import { readMeasured, readPfc, readStream } from './read-emission.ts';
import { readPrecursor } from './read-precursor.ts';
import { readProcess } from './read-process.ts';
import { list, malformed, object, period } from './shape.ts';

export const INPUT_FORMAT = 'anchorleaf-cbam-input/v1';

/** @throws {CbamError} */
export function readInput(json: unknown): CbamInput {
  const fields = object(json, '');
  if (fields.format !== INPUT_FORMAT) throw malformed('/format', INPUT_FORMAT, fields.format);
  const processes = list(fields, 'processes', '', 200).map((each, index) =>
    readProcess(each, `/processes/${index}`),
  );
  const precursors = list(fields, 'precursors', '').map((each, index) =>
    readPrecursor(each, `/precursors/${index}`),
  );
  const emissions = [
    ...list(fields, 'sourceStreams', '').map((each, index) => readStream(each, `/sourceStreams/${index}`)),
    ...list(fields, 'pfc', '').map((each, index) => readPfc(each, `/pfc/${index}`)),
    ...list(fields, 'measured', '').map((each, index) => readMeasured(each, `/measured/${index}`)),
  ];
  for (const all of [processes, precursors, emissions]) unique(all);
  if (processes.length === 0) throw malformed('/processes', 'a list with at least one process', []);
  checkReferences(processes, precursors, emissions);
  checkBalances(processes, precursors);
  return {
    installation: readInstallation(fields.installation, '/installation'),
    period: period(fields.period, '/period'),
    emissions,
    processes,
    precursors,
  };
}

function unique(all: readonly { readonly id: string; readonly place: string }[]): void {
  const seen = new Set<string>();
  for (const { id, place } of all) {
    if (seen.has(id)) {
      throw new CbamError(
        'cbam/duplicate-id',
        `${place}/id`,
        `${JSON.stringify(id)} stands there twice`,
        'give each its own id',
      );
    }
    seen.add(id);
  }
}

const unknownId = (place: string, id: string, what: string): CbamError =>
  new CbamError(
    'cbam/unknown-id',
    place,
    `no ${what} has the id ${JSON.stringify(id)}`,
    `name a ${what} of this input`,
  );

function checkReferences(
  processes: readonly Process[],
  precursors: readonly Precursor[],
  emissions: readonly Emission[],
): void {
  const processIds = new Set(processes.map(({ id }) => id));
  const precursorIds = new Set(precursors.map(({ id }) => id));
  for (const { place, attribution } of emissions) {
    for (const [index, { process }] of attribution.entries())
      if (process !== null && !processIds.has(process))
        throw unknownId(`${place}/attribution/${index}/process`, process, 'process');
  }
  for (const process of processes) {
    for (const use of process.purchased)
      if (!precursorIds.has(use.id)) throw unknownId(use.place, use.id, 'purchased precursor');
    for (const use of process.internal)
      if (!processIds.has(use.id)) throw unknownId(use.place, use.id, 'process');
  }
}

/** No process or mill gives more than it has. */
function checkBalances(processes: readonly Process[], precursors: readonly Precursor[]): void {
  const usedOf = (key: 'purchased' | 'internal') => {
    const used = new Map<string, Rational>();
    for (const process of processes)
      for (const use of process[key]) used.set(use.id, add(used.get(use.id) ?? ZERO, use.amount));
    return used;
  };
  const [bought, inside] = [usedOf('purchased'), usedOf('internal')];
  const check = (have: Rational, used: Rational, place: string, what: string): void => {
    if (compare(used, have) <= 0) return;
    throw new CbamError(
      'cbam/precursor-overdrawn',
      place,
      `more of it is used than was ${what}`,
      'check the amounts, opening and closing stock',
    );
  };
  for (const each of precursors) check(each.purchased, bought.get(each.id) ?? ZERO, each.place, 'purchased');
  for (const each of processes) check(each.mass, inside.get(each.id) ?? ZERO, each.place, 'made');
}
