import { readFileSync } from 'node:fs';
import type { JsonValue } from '#lib/canonical';
import { utf8 } from '#lib/canonical';
import { domainSeparator, encodeType, formatData, keccak256 } from '#lib/evm';
import { readOpinion } from './document.ts';
import { contract, message, sign } from './example.test-data.ts';
import { MINT_TYPES, OPINION_TYPES, opinionDigest, opinionDomain } from './typed-data.ts';

const page = readFileSync(new URL('../../../docs/formats/opinion.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```(?:json)?\n(.*?)\n```/gs)].map(([, block = '']) => block);

test('the type strings, separator and digest of docs/formats/opinion.md are ours', () => {
  const opinion = encodeType('Opinion', OPINION_TYPES.Opinion);
  const mint = encodeType('MintAuthorisation', MINT_TYPES.MintAuthorisation);
  const hash = (text: string) => formatData(keccak256(utf8(text)));
  expect(blocks[0]).toBe([opinion, hash(opinion), mint, hash(mint)].join('\n'));
  expect(blocks[1]).toBe(
    `${formatData(domainSeparator(opinionDomain(contract)))}\n${formatData(opinionDigest(message, contract))}`,
  );
});

test('its example document is read, and is the one we sign', () => {
  expect(readOpinion(JSON.parse(blocks[2] as string) as JsonValue)).toEqual(sign());
});

test('its table names every member in order, and every problem code', () => {
  const table = /## Opinion\n(.*?)\n\n/s.exec(page)?.[1] ?? '';
  const named = [...table.matchAll(/^\| ([a-zA-Z, ]+) \| (\w+) \|/gm)]
    .slice(1)
    .flatMap(([, names = '', type]) => names.split(', ').map((name) => ({ name, type })));
  expect(named).toEqual(OPINION_TYPES.Opinion);
  const source = readFileSync(new URL('./check.ts', import.meta.url), 'utf8');
  const codes = [...source.matchAll(/^ {2}\| 'opinion(\/[a-z-]+)'/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(15);
  for (const code of codes) expect(page).toContain(code);
});
