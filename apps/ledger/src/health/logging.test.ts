import { Writable } from 'node:stream';
import { pino } from 'pino';
import { QueryFailedError } from 'typeorm';
import { loggerOptions } from './logging.ts';

/** What one line says, with the options of the service. */
function lineOf(fields: object): string {
  let line = '';
  const { pinoHttp } = loggerOptions('info');
  const { stream: _, autoLogging: __, customLogLevel: ___, ...options } = pinoHttp as Record<string, unknown>;
  const sink = new Writable({
    write(chunk, _encoding, done) {
      line += String(chunk);
      done();
    },
  });
  pino(options, sink).info(fields, 'said');
  return line;
}

test('secrets and people do not come into the log', () => {
  const line = lineOf({
    req: {
      id: 1,
      method: 'GET',
      url: '/',
      headers: { authorization: 'Bearer alk_secret', cookie: 'c=secret' },
      remoteAddress: '203.0.113.9',
    },
    organisation: { apiKey: 'alk_secret', name: 'Plates' },
    key: { secretKey: '0xsecret' },
  });
  expect(line).not.toContain('secret"');
  expect(line).not.toContain('alk_secret');
  expect(line).not.toContain('203.0.113.9');
  expect(line).toContain('"name":"Plates"');
  expect(line).toContain('"url":"/"');
});

test('what a failed statement was to write does not come into the log', () => {
  const salt = Buffer.from('a salt of a document');
  const failure = new QueryFailedError(
    'insert into document (salts) values ($1)',
    [salt, 'text of it'],
    new Error('full'),
  );
  for (const err of [failure, new Error('not recorded', { cause: failure })]) {
    const line = lineOf({ err });
    expect(line).toContain('full');
    expect(line).not.toContain('text of it');
    expect(line).not.toContain(salt.toJSON().data.join(','));
  }
});
