import { ORIGIN } from '../../../scripts/golden/people.ts';
import { AuditedWorld } from '../../../test/support/audited-world.ts';
import { decodeState, EntryAudit, encodeState, newState, STATE_FORMAT } from './index.ts';

const IDENTITY = { logId: `0x${'11'.repeat(32)}`, origin: ORIGIN, genesis: `0x${'22'.repeat(32)}` };

test('kept and read again, an audit goes on and finds what a whole one finds', async () => {
  const world = await AuditedWorld.make({ rotated: 'host' });
  const whole = world.audit();
  const half = 8;
  const first = new EntryAudit();
  const { leaves } = world;
  world.leaves = leaves.slice(0, half);
  world.audit(first);
  const { state, hashes } = encodeState({ ...newState(IDENTITY), entries: first });
  const again = decodeState(JSON.parse(JSON.stringify(state)), hashes, IDENTITY);
  expect(again.entries.keys.digest()).toBe(first.keys.digest());
  expect([again.entries.seen.leaves.size, again.entries.counts]).toEqual([half, first.counts]);
  world.leaves = leaves;
  world.isToBeAnchored = false;
  const rest = world.audit(again.entries, half);
  const codes = (findings: { code: string }[]) => new Set(findings.map(({ code }) => code));
  expect(codes(rest)).toEqual(codes(whole));
});

test('another log, other hashes, another format', async () => {
  const { state, hashes } = encodeState(newState(IDENTITY));
  const read =
    (value: any, bytes = hashes, identity = IDENTITY) =>
    () =>
      decodeState(value, bytes, identity);
  expect(read(state)).not.toThrow();
  expect(read(state, hashes, { ...IDENTITY, origin: 'other.example/log' })).toThrow('origin');
  expect(read(state, hashes, { ...IDENTITY, genesis: '0x00' })).toThrow('genesis');
  expect(read(state, new Uint8Array(12))).toThrow('not its own');
  expect(read({ ...state, format: 'other' })).toThrow(STATE_FORMAT);
  expect(read({ ...state, keyHistory: '00' })).toThrow('key history');
});
