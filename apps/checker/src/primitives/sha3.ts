// Keccak-256 as Ethereum uses it (FIPS 202 but for the padding), for the page. Stands in for @noble/hashes/sha3.js; the
// same vectors run through both. A lane of 64 bits is two words, low one first.

/** Bytes of a block: 1600 bits of state less twice the 256 of the digest. */
const RATE = 136;
/** §3.2.2 and §3.2.3: the walk of the lanes, and by how much each is turned. */
const LANES: number[] = [];
const TURNS: number[] = [];
/** §3.2.5: round constants by the shift register. */
const IOTA: number[] = [];
for (let round = 0, x = 1, y = 0, register = 1; round < 24; round++) {
  [x, y] = [y, (2 * x + 3 * y) % 5];
  LANES.push(2 * (5 * y + x));
  TURNS.push((((round + 1) * (round + 2)) / 2) % 64);
  let [low, high] = [0, 0];
  for (let j = 0; j < 7; j++) {
    const bit = (1 << j) - 1;
    if (register & 1 && bit < 32) low ^= 1 << bit;
    if (register & 1 && bit >= 32) high ^= 1 << (bit - 32);
    register = (register << 1) ^ ((register >> 7) * 0x171);
  }
  IOTA.push(low, high);
}

/** §3.3. */
function permute(s: Uint32Array): void {
  const c = new Uint32Array(10);
  for (let round = 0; round < 24; round++) {
    for (let x = 0; x < 10; x++) c[x] = s[x]! ^ s[x + 10]! ^ s[x + 20]! ^ s[x + 30]! ^ s[x + 40]!;
    for (let x = 0; x < 10; x += 2) {
      const [before, after] = [(x + 8) % 10, (x + 2) % 10];
      const [low, high] = [c[after]!, c[after + 1]!];
      const t0 = c[before]! ^ ((low << 1) | (high >>> 31));
      const t1 = c[before + 1]! ^ ((high << 1) | (low >>> 31));
      for (let y = 0; y < 50; y += 10) {
        s[x + y]! ^= t0;
        s[x + y + 1]! ^= t1;
      }
    }
    let [low, high] = [s[2]!, s[3]!];
    for (let t = 0; t < 24; t++) {
      const lane = LANES[t]!;
      const by = TURNS[t]!;
      // above 32 the words change places; a shift by 32 is one by 0 in this language, so 0 turns stay as they are
      const [a, b] = by < 32 ? [low, high] : [high, low];
      const by32 = by % 32;
      const t0 = by32 ? (a << by32) | (b >>> (32 - by32)) : a;
      const t1 = by32 ? (b << by32) | (a >>> (32 - by32)) : b;
      [low, high] = [s[lane]!, s[lane + 1]!];
      s[lane] = t0;
      s[lane + 1] = t1;
    }
    for (let y = 0; y < 50; y += 10) {
      const row = s.slice(y, y + 10);
      for (let x = 0; x < 10; x++) s[y + x]! ^= ~row[(x + 2) % 10]! & row[(x + 4) % 10]!;
    }
    s[0]! ^= IOTA[2 * round]!;
    s[1]! ^= IOTA[2 * round + 1]!;
  }
}

export function keccak_256(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((Math.floor(message.length / RATE) + 1) * RATE);
  bytes.set(message);
  bytes[message.length]! ^= 0x01; // FIPS 202 has 0x06 here
  bytes[bytes.length - 1]! ^= 0x80;
  const view = new DataView(bytes.buffer);
  const state = new Uint32Array(50);
  for (let block = 0; block < bytes.length; block += RATE) {
    for (let at = 0; at < RATE / 4; at++) state[at]! ^= view.getUint32(block + 4 * at, true);
    permute(state);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let at = 0; at < 8; at++) digest.setUint32(4 * at, state[at]!, true);
  return new Uint8Array(digest.buffer);
}
