// One chain with the three contracts, the people around them, and the documents they sign.
import assert from 'node:assert/strict';
import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import {
  type BaseContract,
  type ContractInterface,
  type ContractRunner,
  type Interface,
  id,
  type TypedDataField,
  ZeroHash,
} from 'ethers';
import { network } from 'hardhat';

export const DAY = 86_400n;

export const MINT_TYPES = {
  MintAuthorisation: [
    ['logId', 'bytes32'],
    ['issuer', 'address'],
    ['product', 'bytes32'],
    ['lot', 'bytes32'],
    ['release', 'uint32'],
    ['content', 'bytes32'],
    ['facility', 'bytes32'],
    ['method', 'bytes32'],
    ['footprint', 'bytes32'],
    ['producedFrom', 'uint64'],
    ['producedUntil', 'uint64'],
    ['opinionId', 'bytes32'],
    ['supersedes', 'uint256'],
    ['deadline', 'uint64'],
  ].map(([name, type]) => ({ name, type }) as TypedDataField),
};

export const OPINION_TYPES = {
  Opinion: [
    ['opinionId', 'bytes32'],
    ['body', 'address'],
    ['registrar', 'address'],
    ['issuer', 'address'],
    ['product', 'bytes32'],
    ['facility', 'bytes32'],
    ['method', 'bytes32'],
    ['coverage', 'uint8'],
    ['batch', 'bytes32'],
    ['periodStart', 'uint64'],
    ['periodEnd', 'uint64'],
    ['footprint', 'bytes32'],
    ['inputsRoot', 'bytes32'],
    ['productName', 'string'],
    ['number', 'string'],
    ['unit', 'string'],
    ['boundary', 'string'],
    ['criteria', 'string'],
    ['standard', 'string'],
    ['engagement', 'uint8'],
    ['certificateNumber', 'string'],
    ['level', 'uint8'],
    ['materiality', 'string'],
    ['opinion', 'uint8'],
    ['limitations', 'bytes32'],
    ['visit', 'string'],
    ['report', 'bytes32'],
    ['reportNumber', 'string'],
    ['reviewer', 'bytes32'],
    ['validFrom', 'uint64'],
    ['validUntil', 'uint64'],
  ].map(([name, type]) => ({ name, type }) as TypedDataField),
};

export type Order = {
  logId: string;
  issuer: string;
  product: string;
  lot: string;
  release: bigint;
  content: string;
  facility: string;
  method: string;
  footprint: string;
  producedFrom: bigint;
  producedUntil: bigint;
  opinionId: string;
  supersedes: bigint;
  deadline: bigint;
};
export type Opinion = Record<string, string | bigint>;
/** Whoever can sign typed data: a hardhat signer or an ethers wallet. */
type TypedDataSigner = Pick<HardhatEthersSigner, 'signTypedData'>;

/** Any 32 bytes that stand for a text. */
export const hash = (text: string) => id(text);

/** An opinion id: the body's address and twelve bytes of the body's choice. */
export const opinionIdOf = (body: string, choice: bigint) =>
  `0x${(BigInt(body).toString(16).padStart(40, '0') + choice.toString(16).padStart(24, '0')).toLowerCase()}`;

/** The opinion as the registry takes it: each string as its Keccak hash. */
export const wordsOf = (opinion: Opinion) =>
  Object.fromEntries(
    OPINION_TYPES.Opinion.map(({ name, type }) => [
      name,
      type === 'string' ? id(String(opinion[name])) : opinion[name],
    ]),
  );

/** A contract whose functions go by name, whoever it is connected to. */
export type Callable = Omit<BaseContract, 'connect'> &
  Omit<ContractInterface, keyof BaseContract> & { connect(by: ContractRunner): Callable };
type Described = { readonly interface: Interface };

export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld() {
  const { ethers, provider } = await network.create();
  const [operator, issuer, body, registrar, authority, sender, stranger, offered, recovery, holder] =
    (await ethers.getSigners()) as [
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
    ];
  const salt = hash('salt of this deployment');
  const anchor = (await ethers.deployContract('CheckpointAnchor', [], operator)) as unknown as Callable;
  const bodies = (await ethers.deployContract('BodyRegistry', [], operator)) as unknown as Callable;
  const registry = (await ethers.deployContract(
    'PassportRegistry',
    [anchor, bodies, salt],
    operator,
  )) as unknown as Callable;
  const { chainId } = await ethers.provider.getNetwork();

  const now = async () => BigInt((await ethers.provider.getBlock('latest'))?.timestamp ?? 0);
  const start = await now();
  const originHash = hash('example.test/log');
  const logId = await anchor.logIdOf(operator, originHash);
  await anchor.connect(operator).openLog(originHash, 3600, ZeroHash, 0, ZeroHash, []);
  await bodies
    .connect(registrar)
    .registerBody(
      body,
      start - 100n * DAY,
      start + 1000n * DAY,
      hash('scope'),
      hash('registration document'),
    );

  const domain = (name: string) => ({
    name,
    version: '1',
    chainId,
    verifyingContract: String(registry.target),
    salt,
  });
  const signMint = (order: Order, signer: TypedDataSigner = issuer) =>
    signer.signTypedData(domain('Anchorleaf Passport'), MINT_TYPES, order);
  const signOpinion = (opinion: Opinion, signer: TypedDataSigner = body) =>
    signer.signTypedData(domain('Anchorleaf Opinion'), OPINION_TYPES, opinion);

  let count = 0n;
  /** A passport order that nothing is wrong with; each call is another lot. */
  const orderOf = (changes: Partial<Order> = {}): Order => ({
    logId,
    issuer: issuer.address,
    product: hash('https://id.gs1.org/01/09520123456788'),
    lot: hash(`lot ${++count}`),
    release: 1n,
    content: hash(`passport ${count}`),
    facility: hash('did:web:factory.example#facility-1'),
    method: hash('method'),
    footprint: hash('footprint'),
    producedFrom: start - 3n * DAY,
    producedUntil: start - 2n * DAY,
    opinionId: ZeroHash,
    supersedes: 0n,
    deadline: start + 100n * DAY,
    ...changes,
  });
  /** A product-period opinion that covers such an order. */
  const opinionOf = (changes: Opinion = {}): Opinion => ({
    opinionId: opinionIdOf(String(changes.body ?? body.address), ++count),
    body: body.address,
    registrar: registrar.address,
    issuer: issuer.address,
    product: hash('https://id.gs1.org/01/09520123456788'),
    facility: hash('did:web:factory.example#facility-1'),
    method: hash('method'),
    coverage: 1n,
    batch: ZeroHash,
    periodStart: start - 400n * DAY,
    periodEnd: start - 35n * DAY,
    footprint: hash('footprint'),
    inputsRoot: hash('inputs'),
    productName: 'Sugarcane plate 9" 甘蔗浆餐盘',
    number: '0.0512',
    unit: 'kgCO2e per 1 piece',
    boundary: 'cradle to gate',
    criteria: 'ISO 14067:2018',
    standard: 'ISO 14064-3:2019',
    engagement: 1n,
    certificateNumber: '',
    level: 1n,
    materiality: '5 %',
    opinion: 1n,
    limitations: ZeroHash,
    visit: '2026-10-12 on site',
    report: hash('report'),
    reportNumber: 'R-2026-17',
    reviewer: hash('reviewer'),
    validFrom: start - 30n * DAY,
    validUntil: start + 335n * DAY,
    ...changes,
  });

  /** Signs and mints, covered if an opinion is given; gives the token id. */
  const mint = async (changes: Partial<Order> = {}, opinion?: Opinion) => {
    const order = orderOf({ ...(opinion ? { opinionId: String(opinion.opinionId) } : {}), ...changes });
    const minting = registry.connect(sender);
    const authorisation = await signMint(order);
    if (opinion)
      await minting.mintWithOpinion(order, authorisation, wordsOf(opinion), await signOpinion(opinion));
    else await minting.mint(order, authorisation);
    return { order, tokenId: tokenIdOf(order) };
  };
  /** Orders that share all that a group shares, with the issuer's authorisations. */
  const groupOf = async (orders: readonly Order[], opinion?: Opinion, authorisations?: readonly string[]) => {
    const [shared] = orders as [Order];
    const items = await Promise.all(
      orders.map(async (order, at) => ({
        ...order,
        authorisation: authorisations?.[at] ?? (await signMint(order)),
      })),
    );
    const signed = opinion ? [{ words: wordsOf(opinion), signature: await signOpinion(opinion) }] : [];
    return { ...shared, opinion: signed, items };
  };
  const tokenIdOf = (order: Order) =>
    BigInt(
      ethers.keccak256(
        ethers.AbiCoder.defaultAbiCoder().encode(
          ['address', 'bytes32', 'bytes32', 'uint32'],
          [order.issuer, order.product, order.lot, order.release],
        ),
      ),
    );

  const people = {
    operator,
    issuer,
    body,
    registrar,
    authority,
    sender,
    stranger,
    offered,
    recovery,
    holder,
  };
  const setTime = async (time: bigint) => {
    await provider.request({ method: 'evm_setNextBlockTimestamp', params: [`0x${time.toString(16)}`] });
    await provider.request({ method: 'evm_mine', params: [] });
  };
  return {
    ...people,
    people,
    ethers,
    provider,
    anchor,
    bodies,
    registry,
    salt,
    chainId,
    start,
    now,
    setTime,
    logId,
    originHash,
    domain,
    signMint,
    signOpinion,
    orderOf,
    opinionOf,
    mint,
    groupOf,
    tokenIdOf,
  };
}

/** The name of the custom error that a call was refused with; null if it went through. */
export async function refusalOf(contract: Described, call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    const data = revertData(error);
    const name = data ? contract.interface.parseError(data)?.name : undefined;
    if (name === undefined) throw error;
    return name;
  }
}

function revertData(error: unknown): string | undefined {
  for (let at = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const { data } = at as { data?: unknown };
    if (typeof data === 'string' && data.startsWith('0x')) return data;
    const inner = (data as { data?: unknown } | undefined)?.data;
    if (typeof inner === 'string') return inner;
  }
  return undefined;
}

export async function assertRefused(
  contract: Described,
  call: Promise<unknown>,
  error: string,
): Promise<void> {
  assert.equal(await refusalOf(contract, call), error);
}

/** Events of one kind in the receipt of a transaction, as plain argument lists. */
export async function eventsOf(contract: Described, sent: Promise<unknown>, name: string) {
  const receipt = await (
    (await sent) as { wait(): Promise<{ logs: readonly { topics: string[]; data: string }[] }> }
  ).wait();
  return receipt.logs
    .map((entry) => contract.interface.parseLog(entry))
    .filter((event) => event?.name === name)
    .map((event) => event?.args.toObject() as Record<string, unknown>);
}
