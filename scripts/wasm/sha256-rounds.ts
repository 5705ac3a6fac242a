// SHA-256's compression as WebAssembly text, over two kinds of word at once: vectors of four, one a message, and plain
// 32-bit words of a fifth message. The fifth costs little: it runs on execution units that vectors leave idle.

/** Addresses of the 64 round constants and of the initial state. */
export const CONSTANTS = 0;
export const INITIAL = 256;
export const STATE = [...'abcdefgh'];

export const get = (name: string) => `(local.get $${name})`;
export const set = (name: string, value: string) => `(local.set $${name} ${value})`;
export const number = (value: number) => `(i32.const ${value})`;
export const splatted = (value: number) => `(v128.const i32x4${` ${value}`.repeat(4)})`;
export const advance = (pointer: string, count: string) => set(pointer, `(i32.add ${get(pointer)} ${count})`);
export const loop = (label: string, lines: readonly string[], condition: string) => [
  `(loop $${label}`,
  ...lines,
  `(br_if $${label} ${condition}))`,
];

/** SHA-256 is written once, for either kind of word; `mark` begins the names of its locals. */
type Words = {
  readonly mark: string;
  readonly add: (...terms: string[]) => string;
  readonly xor: (...terms: string[]) => string;
  readonly and: (...terms: string[]) => string;
  readonly shiftRight: (word: string, count: number) => string;
  /** The word rotated by each count, which ascend, and all of them in one xor. */
  readonly rotations: (word: string, ...counts: number[]) => string;
  /** The 32-bit number at an address, for a vector in all four lanes. */
  readonly load: (address: string, offset: number) => string;
  readonly constant: (value: number) => string;
};
const chained =
  (operator: string) =>
  (...terms: string[]) =>
    terms.reduce((left, right) => `(${operator} ${left} ${right})`);
const shifted = (operator: string, word: string, count: number) => `(${operator} ${word} ${number(count)})`;

const SCALAR: Words = {
  mark: 's',
  add: chained('i32.add'),
  xor: chained('i32.xor'),
  and: chained('i32.and'),
  shiftRight: (word, count) => shifted('i32.shr_u', word, count),
  // one after the other: a processor of two-address code copies a word to rotate it, here once and not for each count
  rotations: (word, ...counts) =>
    counts.reduceRight(
      (inner, count, at) =>
        shifted(
          'i32.rotr',
          inner === '' ? word : `(i32.xor ${word} ${inner})`,
          count - (counts[at - 1] ?? 0),
        ),
      '',
    ),
  load: (address, offset) => `(i32.load offset=${offset} ${address})`,
  constant: number,
};
export const VECTOR: Words = {
  mark: 'v',
  add: chained('i32x4.add'),
  xor: chained('v128.xor'),
  and: chained('v128.and'),
  shiftRight: (word, count) => shifted('i32x4.shr_u', word, count),
  // side by side: vector instructions name where the result goes, and have no rotation
  rotations: (word, ...counts) =>
    counts
      .map(
        (count) =>
          `(v128.or ${shifted('i32x4.shr_u', word, count)} ${shifted('i32x4.shl', word, 32 - count)})`,
      )
      .reduce((left, right) => `(v128.xor ${left} ${right})`),
  load: (address, offset) => `(v128.load32_splat offset=${offset} ${address})`,
  constant: splatted,
};
const BOTH = [VECTOR, SCALAR];

/** Lines of both kinds, alternating, so that a processor finds work for all of its units. */
export function both(lines: (words: Words) => string[]): string[] {
  const [vector, scalar] = BOTH.map(lines) as [string[], string[]];
  return vector.flatMap((line, at) => [line, scalar[at] as string]);
}

/** FIPS 180-4 §6.2.2 step 3. Names turn from round to round, so no word is moved. */
export function round(
  { mark, add, xor, and, rotations }: Words,
  t: number,
  wordAndConstant: string,
): string[] {
  const named = STATE.map((_, at) => `${mark}${STATE[(at + 64 - t) % 8]}`);
  const [a, b, , d, e, f, g, h] = named.map(get) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  // Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)), and b ^ c was a ^ b in the round before
  const [ab, bc] = t % 2 === 0 ? [`${mark}x0`, `${mark}x1`] : [`${mark}x1`, `${mark}x0`];
  return [
    set(`${mark}t`, add(h, wordAndConstant, xor(g, and(e, xor(f, g))), rotations(e, 6, 11, 25))),
    set(named[3] as string, add(d, get(`${mark}t`))),
    set(ab, xor(a, b)),
    set(named[7] as string, add(get(`${mark}t`), rotations(a, 2, 13, 22), xor(b, and(get(ab), get(bc))))),
  ];
}
/** What the first round takes for the a ^ b before it. */
export const beforeRounds = ({ mark, xor }: Words) => [
  set(`${mark}x1`, xor(get(`${mark}b`), get(`${mark}c`))),
];

/** The next word of the message schedule takes the place of the one 16 before. §6.2.2 step 1. */
function schedule({ mark, add, xor, shiftRight, rotations }: Words, t: number): string[] {
  const word = (back: number) => get(`${mark}w${(t + 16 - back) % 16}`);
  const small = (x: string, p: number, q: number, r: number) => xor(rotations(x, p, q), shiftRight(x, r));
  return [set(`${mark}w${t}`, add(word(16), small(word(15), 7, 18, 3), word(7), small(word(2), 17, 19, 10)))];
}

/** 64 rounds over the words w0 to w15. */
export function compress(): string[] {
  const sixteen = (address: string, isScheduled: boolean) =>
    STATE.flatMap((_, at) => [2 * at, 2 * at + 1]).flatMap((t) => [
      ...(isScheduled ? both((words) => schedule(words, t)) : []),
      ...both((words) =>
        round(words, t, words.add(words.load(address, CONSTANTS + 4 * t), get(`${words.mark}w${t}`))),
      ),
    ]);
  return [
    ...both(beforeRounds),
    ...sixteen(number(0), false),
    set('at', number(64)),
    ...loop(
      'rounds',
      [...sixteen(get('at'), true), advance('at', number(64))],
      `(i32.lt_u ${get('at')} ${number(256)})`,
    ),
  ];
}
