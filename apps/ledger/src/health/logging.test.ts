import { Writable } from 'node:stream';
import { pino } from 'pino';
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
