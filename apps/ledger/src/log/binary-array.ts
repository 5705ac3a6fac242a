// Array parameters in PostgreSQL's binary form (src/backend/utils/adt/arrayfuncs.c, array_recv): a Buffer goes to the
// server as it is, where text form would cost hex digits, quotes and a parser for each element.

const OID = { bytea: 17, int8: 20, int2: 21, text: 25 } as const;

/** A one-dimensional array of values in their binary form; for `text` that is UTF-8. */
export function binaryArray(type: 'bytea' | 'text', elements: readonly Uint8Array[]): Buffer {
  const size = elements.reduce((sum, element) => sum + 4 + element.length, 0);
  const array = withHeader(OID[type], elements.length, size);
  let at = array.length - size;
  for (const element of elements) {
    at = array.writeInt32BE(element.length, at);
    array.set(element, at);
    at += element.length;
  }
  return array;
}

/** Whole numbers, up to 2^53 - 1 for `int8`. */
export function integerArray(type: 'int2' | 'int8', numbers: readonly number[]): Buffer {
  const width = type === 'int2' ? 2 : 8;
  const array = withHeader(OID[type], numbers.length, numbers.length * (4 + width));
  let at = array.length - numbers.length * (4 + width);
  for (const number of numbers) {
    at = array.writeInt32BE(width, at);
    if (type === 'int8') at = array.writeInt32BE(Math.floor(number / 0x1_0000_0000), at);
    at = type === 'int8' ? array.writeUInt32BE(number % 0x1_0000_0000, at) : array.writeInt16BE(number, at);
  }
  return array;
}

/** Dimensions, whether there are nulls, element type; for each dimension its length and first index. */
function withHeader(oid: number, count: number, size: number): Buffer {
  const dimensions = count === 0 ? [] : [count, 1];
  const head = [dimensions.length / 2, 0, oid, ...dimensions];
  const array = Buffer.allocUnsafe(4 * head.length + size);
  for (const [place, word] of head.entries()) array.writeInt32BE(word, 4 * place);
  return array;
}
