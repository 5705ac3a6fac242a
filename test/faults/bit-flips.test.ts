// Every single-bit flip of a small log is refused: by the sources in Node, and by the page's build in Chromium. The
// contracts' own flips are in test/contracts.
import { ed25519 } from '@noble/curves/ed25519.js';
import { build } from 'esbuild';
import { toBase64, toHex } from '#lib/canonical';
import { entryBytes, makeEntry } from '#lib/record';
import {
  encodeEntryTile,
  encodeTile,
  formatCheckpoint,
  formatLogProof,
  formatVerifierKey,
  leafHash,
  proveConsistency,
  proveInclusion,
  readerOf,
  signNote,
  treeHash,
} from '#lib/transparency-log';
import { oneLanguage, pagePrimitives, withoutMessages } from '../../scripts/checker/lighten.ts';
import { openBrowser } from '../support/browser.ts';
import { type Flips, flipEverything, type SmallLog } from '../support/flip-small-log.ts';
import { ROOT } from '../support/folder.ts';

const ORIGIN = 'ledger.example/log';
const DID = 'did:web:ledger.example:o:jiangnan';
const LOG_KEY = new Uint8Array(32).fill(7);
const ISSUER_KEY = new Uint8Array(32).fill(1);
const KID = `${DID}#key-1`;

/** Seven entries, two of them signed: an odd tree with a right edge on two levels. */
function makeSmallLog(): SmallLog {
  const entries = Array.from({ length: 7 }, (_, at) => {
    const kind = at % 4 === 0 ? 'key/v1' : 'footprint/v1';
    const content = `sha256:${toHex(new Uint8Array(32).fill(16 + at))}` as const;
    const fact = {
      kind,
      subject: 'A'.repeat(43),
      issuer: DID,
      time: '2026-11-25T11:00:00Z',
      content,
      refs: [],
    } as const;
    return entryBytes(
      makeEntry(
        fact,
        kind === 'key/v1' ? { kid: KID, sign: (message) => ed25519.sign(message, ISSUER_KEY) } : undefined,
      ),
    );
  });
  const leaves = entries.map(leafHash);
  const size = BigInt(leaves.length);
  const read = readerOf(leaves);
  const text = formatCheckpoint({ origin: ORIGIN, size, root: treeHash(leaves) });
  const checkpoint = signNote(text, { name: ORIGIN, secretKey: LOG_KEY });
  const proofs = entries.map((_, index) => proveInclusion(read, BigInt(index), size));
  return {
    entries: entries.map(toBase64),
    verifierKey: formatVerifierKey(ORIGIN, ed25519.getPublicKey(LOG_KEY)),
    checkpoint,
    entryTile: toBase64(encodeEntryTile(entries)),
    hashTile: toBase64(encodeTile(leaves)),
    inclusion: proofs.map((proof) => proof.map(toHex)),
    consistency: leaves.slice(1).map((_, at) => ({
      size: at + 1,
      root: toHex(treeHash(leaves.slice(0, at + 1))),
      proof: proveConsistency(read, BigInt(at + 1), size).map(toHex),
    })),
    proofFiles: [0, 6].map((entry) => ({
      entry,
      text: formatLogProof({ index: BigInt(entry), proof: proofs[entry] ?? [], checkpoint }),
    })),
    issuerKeys: { [KID]: toHex(ed25519.getPublicKey(ISSUER_KEY)) },
  };
}

function report(where: string, { tried, accepted }: Flips): void {
  const all = Object.values(tried).reduce((sum, count) => sum + count, 0);
  console.log(`counted: ${all} single-bit flips in ${where}, ${accepted.length} taken for true`);
  expect(accepted).toEqual([]);
  expect(Object.keys(tried)).toHaveLength(13);
}

test('in Node, on the sources', () => {
  report('Node', flipEverything(makeSmallLog()));
}, 300_000);

test('in Chromium, on the build of the page', async () => {
  const browser = await openBrowser();
  if (!browser) {
    console.warn('skipped: no Chromium on this machine');
    return;
  }
  try {
    const { outputFiles } = await build({
      entryPoints: ['test/support/flip-small-log.ts'],
      bundle: true,
      format: 'iife',
      globalName: 'flips',
      platform: 'browser',
      target: ['es2022'],
      conditions: ['source'],
      minify: true,
      write: false,
      absWorkingDir: ROOT,
      alias: pagePrimitives(ROOT),
      plugins: [oneLanguage('zh'), withoutMessages(ROOT)],
    });
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]!.text });
    const flips = await page.evaluate(
      (log) =>
        (globalThis as unknown as { flips: { flipEverything(log: unknown): unknown } }).flips.flipEverything(
          log,
        ),
      makeSmallLog() as never,
    );
    report('Chromium', flips as Flips);
  } finally {
    await browser.close();
  }
}, 300_000);
