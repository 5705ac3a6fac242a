/** Types of the built method file beside it; the room's own types are in `#lib/footprint`. */
export declare const METHOD: { readonly name: string; readonly version: string };
/** @param input `FootprintInput` as JSON @returns `FootprintResult` as JSON @throws FootprintError */
export declare function computeFootprint(input: unknown): unknown;
