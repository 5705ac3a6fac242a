import { identify, requireSameRequest } from './request-identity.ts';

const source = {
  secret: new Uint8Array(32).fill(1),
  randomUuid: () => '00000000-0000-4000-8000-00000000000a',
};
const request = { organisation: 'o', route: 'POST /api/v1/x', key: 'k', body: { a: 1, b: 2 } };

test('the same key on the same route of the same organisation is the same row, whatever the body', () => {
  const { id, keyed } = identify(source, request);
  expect(keyed).toBe(true);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(identify(source, { ...request, body: null }).id).toBe(id);
  for (const other of [{ organisation: 'p' }, { route: 'POST /api/v1/y' }, { key: 'l' }])
    expect(identify(source, { ...request, ...other }).id).not.toBe(id);
  expect(identify({ ...source, secret: new Uint8Array(32) }, request).id).not.toBe(id);
});

test('without a key the id is random', () => {
  const { key: _, ...rest } = request;
  expect(identify(source, { ...rest, key: undefined })).toMatchObject({
    id: source.randomUuid(),
    keyed: false,
  });
});

test('bodies are compared as canonical JSON, so order and spaces do not matter', () => {
  const hash = identify(source, request).bodyHash;
  expect(identify(source, { ...request, body: { b: 2, a: 1 } }).bodyHash).toBe(hash);
  expect(identify(source, { ...request, body: { a: 1, b: 3 } }).bodyHash).not.toBe(hash);
  expect(identify(source, { ...request, body: undefined }).bodyHash).toBeNull();
  expect(() => requireSameRequest(hash, hash)).not.toThrow();
  expect(() => requireSameRequest(hash, null)).toThrow(
    expect.objectContaining({ status: 422, code: 'http/idempotency-mismatch' }),
  );
});

test.each(['', 'with space', 'ü', 'x'.repeat(201)])('the key %j is refused', (key) => {
  expect(() => identify(source, { ...request, key })).toThrow(
    expect.objectContaining({ code: 'http/idempotency-key' }),
  );
});
