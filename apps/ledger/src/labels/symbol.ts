// A QR symbol (ISO/IEC 18004) as modules and as our own vector path.
import { create } from 'qrcode';
import { RefusalError } from '../http/refusal.ts';

/** Largest symbol that fits the label stock at its module size: version 8 is 49 modules, 28.5 mm with quiet zone. */
export const MAX_VERSION = 8;
/** Modules that stay white on each side (ISO/IEC 18004 §5.3.8). */
export const QUIET_ZONE = 4;

export type QrSymbol = {
  /** 1 to 40. */
  readonly version: number;
  /** Modules a side, without quiet zone. */
  readonly size: number;
  /** Row by row, 1 is dark. */
  readonly modules: Uint8Array;
};

/** A horizontal run of dark modules. */
export type Run = { readonly x: number; readonly y: number; readonly length: number };

/**
 * The symbol of an address, level M. One byte segment: an address in upper case (alphanumeric mode) is not opened by
 * some phones, and mixed segments buy little.
 * @throws RefusalError `labels/symbol-too-big` above MAX_VERSION
 */
export function makeSymbol(uri: string): QrSymbol {
  const { modules, version } = create([{ data: Buffer.from(uri, 'ascii'), mode: 'byte' }], {
    errorCorrectionLevel: 'M',
  });
  if (version > MAX_VERSION)
    throw new RefusalError({
      status: 422,
      code: 'labels/symbol-too-big',
      detail: `${uri} has ${uri.length} characters and needs a QR symbol of version ${version}; the label holds version ${MAX_VERSION}`,
      remedy:
        'use a shorter lot or a shorter PUBLIC_URL for a new installation; a short host name of its own is best',
    });
  return { version, size: modules.size, modules: modules.data };
}

/** Dark runs, top to bottom, left to right. */
export function darkRuns({ size, modules }: QrSymbol): Run[] {
  const runs: Run[] = [];
  for (let y = 0; y < size; y++) {
    let start = -1;
    for (let x = 0; x <= size; x++) {
      const dark = x < size && modules[y * size + x] === 1;
      if (dark && start < 0) start = x;
      if (!dark && start >= 0) {
        runs.push({ x: start, y, length: x - start });
        start = -1;
      }
    }
  }
  return runs;
}

/** SVG path data in module units; the origin is the upper left dark module, the quiet zone is the caller's. */
export function symbolPath(symbol: QrSymbol): string {
  return darkRuns(symbol)
    .map(({ x, y, length }) => `M${x} ${y}h${length}v1h-${length}z`)
    .join('');
}
