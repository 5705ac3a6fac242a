import { PlatformTables1764072000000 } from './1764072000000-platform-tables.ts';
import { FeatureTables1764080000000 } from './1764080000000-feature-tables.ts';
import { SenderTables1764091000000 } from './1764091000000-sender-tables.ts';
import { WitnessTables1764092000000 } from './1764092000000-witness-tables.ts';
import { NodeRuns1764093000000 } from './1764093000000-node-runs.ts';

/** In the order they run. A migration that has been released is never changed: a new one follows it. */
export const MIGRATIONS = [
  PlatformTables1764072000000,
  FeatureTables1764080000000,
  SenderTables1764091000000,
  WitnessTables1764092000000,
  NodeRuns1764093000000,
];
