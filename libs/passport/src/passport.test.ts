import { existsSync, readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { canonicalize, type JsonObject, toBase64url, utf8 } from '#lib/canonical';
import { jwkOf, type PassportDocument } from '#lib/record';
import { makeWorld } from '../../../scripts/golden/world.ts';
import { issueCredential, itemLeafData, PassportError, projectDpp, readCredential } from './index.ts';

const SCHEMAS = new URL('../../../../shared/data/standards/untp/', import.meta.url);
const ID = 'https://ledger.example/passports/abcdefgh';
const CONTENT = `sha256:${'ab'.repeat(32)}` as const;
const SECRET = new Uint8Array(32).fill(7);
const KID = 'did:web:ledger.example:o:plates#key-1';

let passport: PassportDocument;
let dpp: JsonObject;
beforeAll(async () => {
  passport = (await makeWorld()).passport;
  dpp = projectDpp(passport, { id: ID, content: CONTENT });
});

const sign = (payload: JsonObject, kid = KID) =>
  issueCredential(payload, kid, (input) => ed25519.sign(input, SECRET));
const header = (value: JsonObject) => toBase64url(utf8(JSON.stringify(value)));

describe('UNTP projection', () => {
  const files = ['0.7.0/schema/dpp.json', 'vcdm2/verifiable-credential-schema.json'];
  const missing = files.filter((file) => !existsSync(new URL(file, SCHEMAS)));
  if (missing.length > 0)
    console.warn(`skipped: the UNTP schemas are not beside this checkout (${missing.join(', ')})`);

  test.each(files.filter((file) => !missing.includes(file)))(
    'valid by %s, also without opinion, GTIN, materials',
    (file) => {
      const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
      const validate = ajv.compile(JSON.parse(readFileSync(new URL(file, SCHEMAS), 'utf8')) as object);
      const own = {
        ...passport.product,
        idScheme: 'own',
        id: 'https://ledger.example/id/plates/P1',
      } as const;
      const variants = [
        passport,
        { ...passport, opinion: null, materials: [], items: null },
        { ...passport, product: own },
        { ...passport, issuer: { ...passport.issuer, names: { zh: '义乌' } } },
      ];
      for (const variant of variants) {
        validate(projectDpp(variant, { id: ID, content: CONTENT }));
        expect(validate.errors ?? []).toEqual([]);
      }
    },
  );

  test('says the number, its unit, and the passport by digest', () => {
    const subject = dpp.credentialSubject as never as {
      performanceClaim: {
        description: string;
        claimedPerformance: { measure: { value: number; unit: string } }[];
      }[];
      relatedDocument: { digestMultibase: string }[];
      dimensions: { weight: { unit: string } };
    };
    const [claim] = subject.performanceClaim;
    expect(claim!.claimedPerformance[0]!.measure).toEqual({
      value: Number(passport.footprint.number),
      unit: 'KGM',
    });
    expect(claim!.description).toContain(`${passport.footprint.number} kgCO2e per 1 piece`);
    expect(subject.relatedDocument[0]!.digestMultibase).toMatch(/^uEiC/);
    expect(subject.dimensions.weight.unit).toBe('GRM');
  });

  test('is the same for a copy that withholds', () => {
    const withheld = { ...passport, batch: { ...passport.batch, quantity: { digest: 'x' } } };
    expect(canonicalize(projectDpp(withheld, { id: ID, content: CONTENT }))).toBe(canonicalize(dpp));
  });

  const withNumber = (number: string) =>
    projectDpp({ ...passport, footprint: { ...passport.footprint, number } }, { id: ID, content: CONTENT });
  test.each(['0.12345678901234567', '1e3', '.5', '00.1', '123456789012345678'])(
    '%s is refused, not rounded',
    (number) => {
      expect(() => withNumber(number)).toThrow(
        expect.objectContaining({ code: 'passport/number-not-exact' }),
      );
    },
  );
  test.each(['0', '0.0512', '0.05120', '-1.5', '0.0000001', '123.000'])('%s is a number', (number) => {
    expect(canonicalize(withNumber(number))).toContain(`"value":${canonicalize(Number(number))}`);
  });
});

describe('credential', () => {
  test('is read back, and another library finds its signature good', async () => {
    const jwt = await sign(dpp);
    const read = readCredential(jwt);
    expect(read.kid).toBe(KID);
    expect(read.payload).toEqual(dpp);
    expect(
      ed25519.verify(read.signature, read.signingInput, ed25519.getPublicKey(SECRET), { zip215: false }),
    ).toBe(true);
    const key = await importJWK({ ...jwkOf(ed25519.getPublicKey(SECRET)) }, 'EdDSA');
    const { protectedHeader } = await compactVerify(jwt, key);
    expect(protectedHeader).toEqual({ alg: 'EdDSA', cty: 'vc', kid: KID, typ: 'vc+jwt' });
  });

  test('refuses what VC-JOSE-COSE and RFC 8725 refuse', async () => {
    const code = (jwt: string) => {
      try {
        readCredential(jwt);
      } catch (error) {
        if (error instanceof PassportError) return error.code;
        throw error;
      }
      return 'read';
    };
    const [, payload, signature] = (await sign(dpp)).split('.') as [string, string, string];
    const fine = { alg: 'EdDSA', cty: 'vc', kid: KID, typ: 'vc+jwt' };
    const under = (value: JsonObject) => code(`${header(value)}.${payload}.${signature}`);
    expect(under(fine)).toBe('read');
    expect(under({ ...fine, alg: 'none' })).toBe('passport/wrong-alg');
    expect(under({ ...fine, alg: 'HS256' })).toBe('passport/wrong-alg');
    expect(under({ ...fine, typ: 'JWT' })).toBe('passport/wrong-typ');
    expect(under({ alg: 'EdDSA', kid: KID })).toBe('passport/wrong-typ');
    expect(under({ ...fine, jwk: {} })).toBe('passport/forbidden-claim');
    expect(under({ ...fine, crit: ['b64'] })).toBe('passport/forbidden-claim');
    expect(under({ ...fine, kid: 'did:web:evil.example#key-1' })).toBe('passport/wrong-kid');
    expect(code(await sign({ ...dpp, vc: {} }))).toBe('passport/forbidden-claim');
    expect(code(await sign({ ...dpp, vp: {} }))).toBe('passport/forbidden-claim');
    expect(code(`${header(fine)}.${payload}.${signature}.x`)).toBe('passport/malformed-credential');
    expect(code(`${header(fine)}.${payload}.${signature.slice(2)}`)).toBe('passport/malformed-credential');
    expect(code(`${header(fine)}.${toBase64url(utf8('{"a":1,"a":2}'))}.${signature}`)).toBe(
      'passport/malformed-credential',
    );
    expect(code(`${'a'.repeat(300_000)}.b.c`)).toBe('passport/malformed-credential');
    fc.assert(fc.property(fc.string(), (text) => code(text) !== 'read'));
  });
});

test('an item leaf holds serial and salt, and a salt has 16 bytes', () => {
  const salt = toBase64url(new Uint8Array(16));
  expect(new TextDecoder().decode(itemLeafData('7K3M9QXW', salt))).toBe(`["7K3M9QXW","${salt}"]`);
  expect(() => itemLeafData('7K3M9QXW', toBase64url(new Uint8Array(15)))).toThrow('16 bytes');
});
