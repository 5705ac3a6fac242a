// The WebAssembly text of SHA-256 over five messages at once, for RFC 9162 trees: four in the lanes of vectors, the fifth
// in plain words. `scripts/build-wasm.ts` assembles it; `libs/transparency-log/src/hash-lanes.ts` calls it.
//
// Each export reads n inputs and writes n hashes of 32 bytes. n is rounded up to a multiple of five, so up to four
// inputs and hashes more are read and written: the caller leaves room.
//   leaves(from, to, n)            SHA-256(0x00 ‖ 32 bytes), inputs one after the other
//   pairs(from, to, n)             SHA-256(0x01 ‖ 64 bytes), inputs one after the other
//   messages(from, to, n, blocks)  SHA-256 of messages already padded to 64 × blocks bytes, one after the other
// `leaves` and `pairs` read one byte before each input: the prefix moves the message by a byte, and reading there does too.

import {
  advance,
  beforeRounds,
  both,
  compress,
  get,
  INITIAL,
  loop,
  number,
  round,
  STATE,
  set,
  splatted,
  VECTOR,
} from './sha256-rounds.ts';

/** 256 message schedules of 64 words, which the caller fills in: each second block of a pair, constants added. */
const SCHEDULES = 65_536;
/** Of 64 KiB: constants, schedules, inputs, hashes. */
const PAGES = 4;
const LANES = [0, 1, 2, 3];
const BYTES_REVERSED = '(v128.const i8x16 3 2 1 0 7 6 5 4 11 10 9 8 15 14 13 12)';

const startState = () =>
  both(({ mark, load }) => STATE.map((name, at) => set(mark + name, load(number(0), INITIAL + 4 * at))));
/** Adds the state that the block began with (§6.2.2 step 4) and keeps it for a next block. */
const keepState = () => both(({ mark }) => STATE.map((name) => set(`${mark}k${name}`, get(mark + name))));
const addKept = () =>
  both(({ mark, add }) =>
    STATE.map((name) => set(mark + name, add(get(mark + name), get(`${mark}k${name}`)))),
  );

/** Turns four vectors, one a lane, into the vectors named: word 0 of each lane, word 1 of each, … */
function transpose(rows: readonly string[], names: readonly string[]): string[] {
  const shuffle = (bytes: string, a: string, b: string) => `(i8x16.shuffle ${bytes} ${a} ${b})`;
  const low = '0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23';
  const high = '8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31';
  const lowHalves = '0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23';
  const highHalves = '8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31';
  const [r0, r1, r2, r3] = rows as [string, string, string, string];
  return [
    set('y0', shuffle(low, r0, r1)),
    set('y1', shuffle(high, r0, r1)),
    set('y2', shuffle(low, r2, r3)),
    set('y3', shuffle(high, r2, r3)),
    set(names[0] as string, shuffle(lowHalves, get('y0'), get('y2'))),
    set(names[1] as string, shuffle(highHalves, get('y0'), get('y2'))),
    set(names[2] as string, shuffle(lowHalves, get('y1'), get('y3'))),
    set(names[3] as string, shuffle(highHalves, get('y1'), get('y3'))),
  ];
}
const bytesReversed = (vector: string) => `(i8x16.swizzle ${vector} ${BYTES_REVERSED})`;
/** WebAssembly is little-endian, SHA-256 big-endian. */
const wordReversed = (word: string) =>
  `(i32.or (i32.and (i32.rotl ${word} ${number(8)}) ${number(0x00ff00ff)}) (i32.and (i32.rotr ${word} ${number(8)}) ${number(0xff00ff00)}))`;

/** Words w0 to w(count-1) of the five inputs, `stride` bytes apart, from the addresses in p0 to p4. */
function loadWords(count: number): string[] {
  const vectors = Array.from({ length: count / 4 }, (_, quarter) =>
    transpose(
      LANES.map((lane) => bytesReversed(`(v128.load offset=${16 * quarter} ${get(`p${lane}`)})`)),
      LANES.map((at) => `vw${4 * quarter + at}`),
    ),
  ).flat();
  const scalars = Array.from({ length: count }, (_, at) => [
    set('st', `(i32.load offset=${4 * at} ${get('p4')})`),
    set(`sw${at}`, wordReversed(get('st'))),
  ]).flat();
  return [...vectors, ...scalars];
}
/** p0 to p4: where the five inputs begin, `before` bytes early. */
const pointAt = (stride: string, before: number) =>
  [0, 1, 2, 3, 4].map((lane) =>
    lane === 0
      ? set('p0', `(i32.sub ${get('from')} ${number(before)})`)
      : set(`p${lane}`, `(i32.add ${get(`p${lane - 1}`)} ${stride})`),
  );
/** The byte that came from before the input gives way to the prefix. */
const setPrefix = (prefix: number) =>
  both(({ mark, add, and, constant }) => [
    set(`${mark}w0`, add(and(get(`${mark}w0`), constant(0xffffff)), constant(prefix * 0x1000000))),
  ]);

function storeHashes(): string[] {
  const vectors = [0, 4].flatMap((half) => [
    ...transpose(
      LANES.map((at) => get(`v${STATE[half + at]}`)),
      LANES.map((lane) => `z${lane}`),
    ),
    ...LANES.map(
      (lane) => `(v128.store offset=${32 * lane + 4 * half} ${get('to')} ${bytesReversed(get(`z${lane}`))})`,
    ),
  ]);
  const scalars = STATE.map(
    (name, at) => `(i32.store offset=${128 + 4 * at} ${get('to')} ${wordReversed(get(`s${name}`))})`,
  );
  return [...vectors, ...scalars];
}

/** A function that does five inputs a turn. */
function fiveByFive(name: string, stride: string, more: string, lines: readonly string[]): string {
  const integers = ['at', ...[0, 1, 2, 3, 4].map((lane) => `p${lane}`)];
  const ofKind = (mark: string) =>
    [
      ...STATE,
      ...STATE.map((state) => `k${state}`),
      't',
      'x0',
      'x1',
      ...Array.from({ length: 16 }, (_, at) => `w${at}`),
    ].map((local) => mark + local);
  const declared = (names: readonly string[], type: string) =>
    names.map((local) => `(local $${local} ${type})`).join(' ');
  const turn = [
    ...lines,
    ...storeHashes(),
    advance('from', `(i32.mul ${stride} ${number(5)})`),
    advance('to', number(160)),
    advance('n', number(-5)),
  ];
  return [
    `(func (export "${name}") (param $from i32) (param $to i32) (param $n i32) ${more}`,
    declared([...integers, ...ofKind('s')], 'i32'),
    declared([...ofKind('v'), ...[0, 1, 2, 3].flatMap((at) => [`y${at}`, `z${at}`])], 'v128'),
    ...loop('groups', turn, `(i32.gt_s ${get('n')} ${number(0)})`),
    ')',
  ].join('\n');
}

/** 33 bytes: one block. Its word 8 holds the last byte and the end mark, word 15 the length in bits. */
function leaves(): string {
  const lastBytes = LANES.slice(1).reduce(
    (vector, lane) => `(v128.load8_lane offset=32 ${4 * lane} ${get(`p${lane}`)} ${vector})`,
    `(v128.load8_splat offset=32 ${get('p0')})`,
  );
  return fiveByFive('leaves', number(32), '', [
    ...pointAt(number(32), 1),
    ...loadWords(8),
    ...setPrefix(0),
    set('vw8', `(v128.or (i32x4.shl ${lastBytes} ${number(24)}) ${splatted(0x800000)})`),
    set('sw8', `(i32.or (i32.shl (i32.load8_u offset=32 ${get('p4')}) ${number(24)}) ${number(0x800000)})`),
    ...both(({ mark, constant }) =>
      [9, 10, 11, 12, 13, 14, 15].map((at) => set(`${mark}w${at}`, constant(at === 15 ? 8 * 33 : 0))),
    ),
    ...startState(),
    ...keepState(),
    ...compress(),
    ...addKept(),
  ]);
}

/** 65 bytes: two blocks, and the second holds one byte of the input, so it is one of 256 with schedules at hand. */
function pairs(): string {
  const sixteen = Array.from({ length: 16 }, (_, t) => [
    ...(t % 4 === 0
      ? transpose(
          LANES.map((lane) => `(v128.load offset=${SCHEDULES + 4 * t} ${get(`p${lane}`)})`),
          LANES.map((at) => `z${at}`),
        )
      : []),
    ...both((words) =>
      round(words, t, words === VECTOR ? get(`z${t % 4}`) : words.load(get('p4'), SCHEDULES + 4 * t)),
    ),
  ]).flat();
  const pointers = [0, 1, 2, 3, 4].map((lane) => `p${lane}`);
  return fiveByFive('pairs', number(64), '', [
    ...pointAt(number(64), 1),
    ...loadWords(16),
    ...setPrefix(1),
    ...startState(),
    ...keepState(),
    ...compress(),
    ...addKept(),
    ...keepState(),
    ...pointers.map((p) => set(p, `(i32.shl (i32.load8_u offset=64 ${get(p)}) ${number(8)})`)),
    ...both(beforeRounds),
    set('at', number(0)),
    ...loop(
      'second',
      [...sixteen, ...pointers.map((p) => advance(p, number(64))), advance('at', number(16))],
      `(i32.lt_u ${get('at')} ${number(64)})`,
    ),
    ...addKept(),
  ]);
}

function messages(): string {
  const stride = `(i32.shl ${get('blocks')} ${number(6)})`;
  return fiveByFive('messages', stride, '(param $blocks i32) (local $left i32)', [
    ...pointAt(stride, 0),
    ...startState(),
    set('left', get('blocks')),
    ...loop(
      'blocks',
      [
        ...loadWords(16),
        ...keepState(),
        ...compress(),
        ...addKept(),
        ...[0, 1, 2, 3, 4].map((lane) => advance(`p${lane}`, number(64))),
        advance('left', number(-1)),
      ],
      get('left'),
    ),
  ]);
}

/** §4.2.2, §5.3.3: the first 32 bits of the fraction of the root of each prime. */
function fractions(count: number, root: 2n | 3n): number[] {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  return primes.map((prime) => {
    let [low, high] = [0n, 1n << 40n]; // floor of root(prime) · 2^32
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** root <= prime << (32n * root)) low = middle;
      else high = middle;
    }
    return Number(BigInt.asUintN(32, low));
  });
}

/** The whole module as text. */
export function sha256Lanes(): string {
  const bytes = [...fractions(64, 3n), ...fractions(8, 2n)].map((word) =>
    [0, 8, 16, 24].map((bits) => `\\${((word >>> bits) & 255).toString(16).padStart(2, '0')}`).join(''),
  );
  return [
    '(module',
    `(memory (export "memory") ${PAGES})`,
    `(data (i32.const 0) "${bytes.join('')}")`,
    leaves(),
    pairs(),
    messages(),
    ')',
  ].join('\n');
}
