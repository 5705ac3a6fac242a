// Examples as the C2SP texts print them (c2sp.org/tlog-proof, c2sp.org/tlog-cosignature; CC BY 4.0,
// https://creativecommons.org/licenses/by/4.0/). Their keys are not published, and the proof's signatures are cut short
// there: what can be asked is that the same parts are read, and the same text is written.
import { fromBase64, toHex } from '#lib/canonical';
import { parseCheckpoint } from './checkpoint.ts';
import { COSIGNATURE, openNote, type VerifierKey } from './note.ts';
import { formatLogProof, parseLogProof } from './proof-file.ts';

const PROOF = `c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJw[...]1roloI=
— witness1.example mJirIklj[...]qY9v2B/5bg==
— witness2.example TnKKVHLX[...]xwYwrSjgow==
— witness3.example S4X82uH5[...]3oEcROGLFQ==
`;

test('the example of tlog-proof', () => {
  const { index, proof, extra, checkpoint } = parseLogProof(PROOF);
  expect([index, proof.length, extra?.length]).toEqual([73_894n, 5, 39]);
  expect(parseCheckpoint(checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1))).toMatchObject({
    origin: 'example.com/fancylog',
    size: 109_482n,
  });
  expect(formatLogProof({ index, proof, extra: extra as Uint8Array, checkpoint })).toBe(PROOF);
});

const COSIGNED = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;

test('the example of tlog-cosignature: key id, time and signature stand where we read them', () => {
  const blob = fromBase64(COSIGNED.trimEnd().split(' ').at(-1)!);
  expect([toHex(blob.subarray(0, 4)), blob.length]).toEqual(['8d66cf3f', 4 + 8 + 64]);
  expect(new DataView(blob.buffer, blob.byteOffset).getBigUint64(4)).toBe(1_679_315_147n);
  // a key with this name and id is looked at, and this one did not make the signature; without one nobody is known
  const key: VerifierKey = {
    name: 'witness.example.com/w1',
    keyId: '8d66cf3f',
    type: COSIGNATURE,
    publicKey: fromBase64('iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w='),
  };
  expect(() => openNote(COSIGNED, [key])).toThrow(expect.objectContaining({ code: 'log/bad-signature' }));
  expect(() => openNote(COSIGNED, [{ ...key, keyId: '8d66cf3e' }])).toThrow(
    expect.objectContaining({ code: 'log/no-known-signature' }),
  );
});
