import request from 'supertest';
import { EXPORTER, PUBLIC_URL, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const send = (text: string | Buffer, type = 'application/json') =>
  request(service.service.app.getHttpServer())
    .post('/api/v1/organisations')
    .set('Authorization', `Bearer ${service.operatorKey}`)
    .set('Content-Type', type)
    .send(text);

describe('problem documents (RFC 9457)', () => {
  test('name their type, code, detail and remedy', async () => {
    const { body, headers, status } = await service.get('/api/v1/nothing-here');
    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toEqual({
      type: `${PUBLIC_URL}/problems/http/not-found`,
      title: 'Http: not found',
      status: 404,
      code: 'http/not-found',
      detail: expect.any(String),
      remedy: expect.any(String),
    });
  });

  test('answer an address that cannot be decoded, too', async () => {
    const { body, headers, status } = await service.get('/01/09506000134352/10/%zz');
    expect(status).toBe(400);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'http/bad-request', remedy: expect.any(String) });
  });

  test('name every member that is wrong, with its pointer', async () => {
    const { body } = await service
      .post(
        '/api/v1/organisations',
        { slug: 'A', role: 'king', names: { zh: 3 }, country: 'CN', colour: 'red' },
        service.operatorKey,
      )
      .expect(400);
    expect(body.code).toBe('http/invalid-body');
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(
      expect.arrayContaining(['/colour', '/names/zh', '/role', '/slug']),
    );
  });

  test.each([
    ['{"slug":"a","slug":"b"}', 'canonical/duplicate-key', '/slug'],
    ['{"names":{"zh":"\\ud800"}}', 'canonical/lone-surrogate', '/names/zh'],
    ['{"names":{"__proto__":1}}', 'canonical/forbidden-key', '/names/__proto__'],
    ['{"constructor":{"prototype":{}}}', 'canonical/forbidden-key', '/constructor'],
    ['{"n":9007199254740993}', 'canonical/number-out-of-range', '/n'],
    ['{"a":1} x', 'canonical/trailing-text', undefined],
    ['{"a":', 'canonical/syntax', undefined],
  ])('%s is refused before anything reads it', async (text, code, pointer) => {
    const { body } = await send(text).expect(400);
    expect(body).toMatchObject({ code, ...(pointer && { pointer }) });
  });

  test('bytes that are no UTF-8 are refused', async () => {
    const test = send(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])).serialize((body) => body as string);
    expect((await test.expect(400)).body.code).toBe('canonical/bad-utf8');
  });

  test('a body that is too large is refused by its announced length', async () => {
    const { body } = await send(Buffer.alloc(1_048_577, 0x20)).expect(413);
    expect(body.code).toBe('http/too-large');
  });

  test('other media types are refused', async () => {
    expect((await send('a=1', 'application/x-www-form-urlencoded').expect(415)).body.code).toBe(
      'http/unsupported-media-type',
    );
    expect((await send('{}', 'text/plain').expect(415)).body.code).toBe('http/unsupported-media-type');
  });
});

describe('API keys and roles', () => {
  test('without a key, with an unknown one, with one of another role', async () => {
    const { apiKey } = await service.enrol(EXPORTER);
    const without = await service.post('/api/v1/organisations', EXPORTER).expect(401);
    expect(without.body.code).toBe('http/unauthenticated');
    expect(without.headers['www-authenticate']).toBe('Bearer');
    await service.get('/api/v1/organisations/me', 'alk_wrong').expect(401);
    const other = await service.post('/api/v1/organisations', EXPORTER, apiKey).expect(403);
    expect(other.body).toMatchObject({ code: 'http/forbidden', detail: expect.stringContaining('exporter') });
  });

  test('the database has no key, only hashes', async () => {
    const { DataSource } = await import('typeorm');
    const rows = await service.service.app.get(DataSource).query('select * from api_key');
    expect(JSON.stringify(rows)).not.toContain(service.operatorKey);
    expect(rows.length).toBeGreaterThan(1);
  });
});

describe('headers', () => {
  test('every answer forbids foreign scripts, frames and referrers', async () => {
    const { headers } = await service.get('/health/live').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers['set-cookie']).toBeUndefined();
  });

  test('what a checker elsewhere must fetch is open to other sites, the API is not', async () => {
    expect((await service.get('/verify/root.json')).headers['access-control-allow-origin']).toBe('*');
    expect(
      (await service.get('/api/v1/organisations/me', service.operatorKey)).headers[
        'access-control-allow-origin'
      ],
    ).toBeUndefined();
    const preflight = await request(service.service.app.getHttpServer()).options('/rpc').expect(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('POST');
  });
});

test('the API describes itself in OpenAPI 3.1', async () => {
  const { body } = await service.get('/api/docs-json').expect(200);
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/api/v1/organisations', '/log/checkpoint']),
  );
  await service.get('/api/docs').expect(200);
});
