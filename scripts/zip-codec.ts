// Raw DEFLATE for patching workbooks, from fflate. Sizes are counted while inflating: the archive may be a bomb.
import { deflateSync, Inflate } from 'fflate';

export const zipCodec = {
  inflate(raw: Uint8Array, most: number): Uint8Array {
    const chunks: Uint8Array[] = [];
    let total = 0;
    let ended = false;
    const stream = new Inflate((chunk, final) => {
      total += chunk.length;
      if (total > most) throw new Error(`more than ${most} bytes`);
      chunks.push(chunk);
      ended = final;
    });
    for (let at = 0; at < raw.length || at === 0; at += 65_536) {
      stream.push(raw.subarray(at, at + 65_536), at + 65_536 >= raw.length);
    }
    if (!ended) throw new Error('the data ends too early');
    const whole = new Uint8Array(total);
    let offset = 0;
    for (const chunk of chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  },
  deflate: (bytes: Uint8Array): Uint8Array => deflateSync(bytes, { level: 6 }),
};
