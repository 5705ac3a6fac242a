// What every `npm run bench:*` prints and writes: one row a figure, with its target and whatever was measured beside it
// in the same run. Nothing here is typed in by hand: a value comes from the run, a target from the product's promise.
import { writeFileSync } from 'node:fs';

export type Peer = { readonly name: string; readonly value: number; readonly ratio: number };
export type Row = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** As people read it (`≤ 100`); null: shown, not promised. */
  readonly target: string | null;
  readonly met: boolean | null;
  readonly peers: readonly Peer[];
};

/** `atMost`, `atLeast`: the value's own target. Ratios are how many times better this row is than the peer. */
export function makeRow(
  name: string,
  value: number,
  unit: string,
  promise: { readonly atMost?: number; readonly atLeast?: number; readonly peers?: readonly Peer[] } = {},
): Row {
  const { atMost, atLeast, peers = [] } = promise;
  const target = atMost !== undefined ? `≤ ${atMost}` : atLeast !== undefined ? `≥ ${atLeast}` : null;
  const met = atMost !== undefined ? value <= atMost : atLeast !== undefined ? value >= atLeast : null;
  return {
    name,
    value: rounded(value),
    unit,
    target,
    met,
    peers: peers.map((peer) => ({ ...peer, value: rounded(peer.value), ratio: rounded(peer.ratio) })),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function printTable(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  for (const { name, value, unit, target, met, peers } of rows) {
    const verdict = met === null ? '' : `target ${target}: ${met ? 'met' : 'MISSED'}`;
    console.log(`${name.padEnd(width)}${String(value).padStart(10)} ${unit.padEnd(14)} ${verdict}`.trimEnd());
    for (const peer of peers)
      console.log(`${''.padEnd(4)}beside it: ${peer.name}: ${peer.value} (${peer.ratio}×)`);
  }
}

export function writeRows(file: string | undefined, rows: readonly Row[]): void {
  if (file) writeFileSync(file, `${JSON.stringify({ rows }, null, 2)}\n`);
}
