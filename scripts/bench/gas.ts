// What anchoring costs, beside what others ask for a timestamp or a token. All contracts run on one chain (EDR, osaka) in
// this run, ours and the others' compiled by the same compiler with the same settings; what a transaction costs is the gasUsed of its
// receipt. EAS pins Solidity 0.8.29 exactly: its pragma is widened in memory, nothing else of it is changed.
import assert from 'node:assert/strict';
import { hexlify, ZeroHash } from 'ethers';
import { buildTree, leafHashesOf32 } from '#lib/transparency-log';
import { ROOT } from '../build.ts';
import { compile, withImports } from '../mutation/sources.ts';
import { makeRow, type Row } from './table.ts';

const OLD = 1_000_000;
const NEW = 1_001_000;
/** Of the widest proof between trees of this size: 21 hashes. */
const AWKWARD = 700_001;
const RECORDS_A_HEAD = NEW - OLD;
const EAS = '@ethereum-attestation-service/eas-contracts/contracts';
const TOKEN = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
contract Token is ERC721("Token", "T") {
    function mint(address to, uint256 id) external { _mint(to, id); }
}`;

export async function measure(_: { readonly full: boolean }): Promise<readonly Row[]> {
  process.env.HARDHAT_DISABLE_TELEMETRY = 'true';
  process.chdir(ROOT);
  const { default: hre } = await import('hardhat');
  await hre.tasks.getTask('build').run({ quiet: true, noTests: true });
  const { ethers } = await hre.network.create({ override: { hardfork: 'osaka' } });
  const [operator] = await ethers.getSigners();
  assert.ok(operator);
  const spent = async (sent: Promise<unknown>) => {
    const receipt = await ((await sent) as { wait(): Promise<{ gasUsed: bigint; status: number }> }).wait();
    assert.equal(receipt.status, 1);
    return Number(receipt.gasUsed);
  };

  console.log(`  building trees of ${OLD}, ${AWKWARD} and ${NEW} leaves`);
  const leaves = leafHashesOf32(xorshiftWords(NEW));
  const grown = buildTree(leaves);
  const rootAt = (size: number) => hexlify(buildTree(leaves.subarray(0, 32 * size)).root);
  const step = (size: number) => ({
    size1: BigInt(size),
    root1: rootAt(size),
    size2: BigInt(NEW),
    root2: hexlify(grown.root),
    proof: grown.consistency(BigInt(size)).map((hash) => hexlify(hash)),
  });

  const anchor = await ethers.deployContract('CheckpointAnchor');
  const probe = await ethers.deployContract('MerkleProbe');
  const anchored = async ({ size1, root1, size2, root2, proof }: ReturnType<typeof step>) => {
    const origin = ethers.id(`log of ${size1}`);
    await (await anchor.getFunction('openLog')(origin, 3600, ZeroHash, size1, root1, [])).wait();
    const logId = await anchor.getFunction('logIdOf')(operator, origin);
    return spent(anchor.getFunction('anchor')(logId, size2, root2, proof));
  };
  const [usual, awkward] = [step(OLD), step(AWKWARD)];
  const head = await anchored(usual);
  const widest = await anchored(awkward);
  const [accepted, check] = await probe.getFunction('consistencyGas').staticCall(usual);
  assert.ok(accepted);

  console.log('  compiling EAS (its pragma 0.8.29 widened in memory) and an OpenZeppelin ERC-721');
  const deploy = async (file: string, name: string, sources: Map<string, string>, args: unknown[]) => {
    const output = compile(sources, { [file]: { [name]: ['abi', 'evm.bytecode.object'] } });
    const made = output.contracts?.[file]?.[name];
    if (!made) throw new Error(`${name} does not compile: ${output.errors?.[0]?.formattedMessage}`);
    const factory = new ethers.ContractFactory(made.abi as [], `0x${made.evm.bytecode.object}`, operator);
    return factory.deploy(...args);
  };
  const widened = (file: string) =>
    new Map(
      [...withImports(file)].map(([name, text]) => [
        name,
        text.replace('pragma solidity 0.8.29;', 'pragma solidity ^0.8.29;'),
      ]),
    );
  const schemas = await deploy(
    `${EAS}/SchemaRegistry.sol`,
    'SchemaRegistry',
    widened(`${EAS}/SchemaRegistry.sol`),
    [],
  );
  const eas = await deploy(`${EAS}/EAS.sol`, 'EAS', widened(`${EAS}/EAS.sol`), [schemas]);
  const imports = withImports('@openzeppelin/contracts/token/ERC721/ERC721.sol');
  const token = await deploy('Token.sol', 'Token', new Map([...imports, ['Token.sol', TOKEN]]), []);

  const digest = (at: number) => hexlify(leaves.subarray(32 * at, 32 * at + 32));
  const timestamp = await spent(eas.getFunction('timestamp')(digest(0)));
  const many = await spent(
    eas.getFunction('multiTimestamp')(Array.from({ length: 500 }, (_, at) => digest(at + 1))),
  );
  await spent(token.getFunction('mint')(operator, 1));
  const mint = await spent(token.getFunction('mint')(operator, 2)); // not the holder's first, which costs more
  const each = head / RECORDS_A_HEAD;
  const beside = (name: string, value: number, ours: number) => ({ name, value, ratio: value / ours });

  return [
    makeRow(`gas of a head, ${OLD} to ${NEW}, ${usual.proof.length} hashes`, head, 'gas', {
      atMost: 80_000,
      peers: [
        beside('EAS timestamp, one record', timestamp, head),
        beside('EAS multiTimestamp, 500 records', many, head),
        beside('OpenZeppelin ERC-721 mint, one record', mint, head),
      ],
    }),
    makeRow('its consistency check alone (gasleft around it)', Number(check), 'gas', { atMost: 8_500 }),
    makeRow(`gas a record, ${RECORDS_A_HEAD} a head`, each, 'gas', {
      atMost: 80,
      peers: [
        beside('EAS multiTimestamp x500, a record', many / 500, each),
        beside('EAS timestamp', timestamp, each),
        beside('OpenZeppelin ERC-721 mint', mint, each),
      ],
    }),
    makeRow('EAS multiTimestamp a record, times ours', many / 500 / each, '×', { atLeast: 300 }),
    makeRow(`gas of a head, ${AWKWARD} to ${NEW}, ${awkward.proof.length} hashes`, widest, 'gas'),
  ];
}

/** The same entries every time: xorshift32 (13 left, 17 right, 5 left), eight little-endian words each. */
function xorshiftWords(entries: number): Uint8Array {
  const words = new DataView(new ArrayBuffer(32 * entries));
  let state = 0x12345678;
  for (let at = 0; at < words.byteLength; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words.setUint32(at, state >>> 0, true);
  }
  return new Uint8Array(words.buffer);
}
