import { readFileSync } from 'node:fs';
import { formatData, parseData, recoverAddress } from '#lib/evm';
import type { TypedDataVector } from '../../../scripts/vectors/typed-data.ts';
import { mintAuthorisationDigest, opinionDigest, tokenIdOf } from './typed-data.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/typed-data.json', import.meta.url), 'utf8'),
) as TypedDataVector[];

function judge({ input }: TypedDataVector): string | null {
  switch (input.kind) {
    case 'opinion':
      return formatData(opinionDigest(input.message as never, input.domain));
    case 'mint':
      return formatData(mintAuthorisationDigest(input.message as never, input.domain));
    case 'token-id':
      return String(tokenIdOf(input.message as never));
    case 'recover':
      return recoverAddress(parseData(input.digest), input.signature);
  }
}

test('every case of test/vectors/typed-data.json is judged as it says', () => {
  expect(new Set(vectors.map(({ desc }) => desc)).size).toBe(vectors.length);
  expect(vectors.length).toBeGreaterThan(70);
  for (const vector of vectors)
    expect({ desc: vector.desc, got: judge(vector) }).toEqual({ desc: vector.desc, got: vector.want });
});
