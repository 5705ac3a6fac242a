// The methods this checker can run: the very files whose SHA-256 results, opinions and mints name.
import type { JsonObject, JsonValue } from '#lib/canonical';
import * as footprint100 from '../../../libs/footprint/methods/anchorleaf-product-footprint-1.0.0.js';
import index from '../../../libs/footprint/methods/index.json' with { type: 'json' };

export type Engine = (input: JsonObject) => JsonValue;

const FILES: Readonly<Record<string, { computeFootprint(input: unknown): unknown }>> = {
  'anchorleaf-product-footprint-1.0.0.js': footprint100,
};

/** Method id (`sha256:…`) → engine. Another method is one that this checker does not know. */
export const ENGINES: Readonly<Record<string, Engine>> = Object.fromEntries(
  index.flatMap(({ id, file }) => {
    const engine = FILES[file];
    return engine ? [[id, (input: JsonObject) => engine.computeFootprint(input) as JsonValue]] : [];
  }),
);
