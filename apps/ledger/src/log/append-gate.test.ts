import { AppendGate } from './append-gate.ts';

const refused = expect.objectContaining({ status: 429, code: 'log/too-many-requests', retryAfterSeconds: 1 });

test('so many requests and no more, until one leaves', () => {
  const gate = new AppendGate({ requests: 2, bytes: 1_000 });
  const leave = gate.enter(1);
  gate.enter(1);
  expect(() => gate.enter(1)).toThrow(refused);
  leave();
  leave();
  gate.enter(1);
  expect(() => gate.enter(1)).toThrow(refused);
});

test('so many bytes and no more', () => {
  const gate = new AppendGate({ requests: 100, bytes: 1_000 });
  const leave = gate.enter(600);
  expect(() => gate.enter(401)).toThrow(refused);
  gate.enter(400);
  leave();
  gate.enter(600);
});
