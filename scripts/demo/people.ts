// The people of the demo: an exporter whose keys the server keeps, and a body and a registrar with keys of their own.
// They are made once in a data folder and found again in later runs.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interface, Wallet } from 'ethers';
import { usccCheckCharacter } from '#lib/record';
import { Client } from './client.ts';
import { DATA_DIR } from './service.ts';

type Person = {
  readonly slug: string;
  readonly did: string;
  readonly apiKey: string;
  readonly secretKey: string | null;
};
export type People = {
  readonly exporter: Person;
  readonly body: Person;
  readonly registrar: Person;
  registration?: string;
};

const FILE = join(DATA_DIR, 'demo', 'people.json');

/** First 17 characters of the sample factory's 统一社会信用代码; nobody holds it. */
const SAMPLE_USCC = '91330782MA2DEMP10';

export function keepPeople(people: People): void {
  mkdirSync(join(DATA_DIR, 'demo'), { recursive: true, mode: 0o700 });
  writeFileSync(`${FILE}.new`, JSON.stringify(people, null, 2), { mode: 0o600 });
  renameSync(`${FILE}.new`, FILE);
}

export async function makeOrFindPeople(url: string): Promise<People> {
  if (existsSync(FILE)) return JSON.parse(readFileSync(FILE, 'utf8')) as People;
  const { apiKey } = JSON.parse(readFileSync(join(DATA_DIR, 'keys', 'operator.key.json'), 'utf8')) as {
    apiKey: string;
  };
  const operator = new Client(url, apiKey);
  const mark = randomBytes(2).toString('hex');
  const make = async (
    slug: string,
    secretKey: string | null,
    facts: Record<string, unknown>,
  ): Promise<Person> => {
    const ethAddress = secretKey ? { ethAddress: new Wallet(secretKey).address } : {};
    const made = await operator.post('/api/v1/organisations', {
      slug: `${slug}-${mark}`,
      country: 'CN',
      ...ethAddress,
      ...facts,
    });
    return { slug: made.slug ?? made.id, did: made.did, apiKey: made.apiKey, secretKey };
  };
  const people: People = {
    exporter: await make('yiwu-plates', null, {
      role: 'exporter',
      names: { zh: '义乌示例餐具有限公司（演示）', en: 'Yiwu Sample Tableware Co., Ltd. (demo)' },
      uscc: `${SAMPLE_USCC}${usccCheckCharacter(SAMPLE_USCC)}`,
    }),
    body: await make('sample-body', Wallet.createRandom().privateKey, {
      role: 'body',
      names: { zh: '示例核查机构（演示）', en: 'Sample Verification Body (demo)' },
    }),
    registrar: await make('sample-registrar', Wallet.createRandom().privateKey, {
      role: 'registrar',
      names: { zh: '示例登记方（演示）', en: 'Sample Registrar (demo)' },
    }),
  };
  keepPeople(people);
  return people;
}

/** Signs a call with somebody's own key and has the service pass it on. Nobody but the key's holder could have sent it. */
export async function sendOwnTransaction(
  url: string,
  person: Person,
  chainId: number,
  to: string,
  call: { abi: Interface; name: string; args: readonly unknown[] },
): Promise<{ hash: string }> {
  const wallet = new Wallet(person.secretKey as string);
  const nonce = await rpc<string>(url, 'eth_getTransactionCount', [wallet.address, 'latest']);
  const raw = await wallet.signTransaction({
    to,
    data: call.abi.encodeFunctionData(call.name, [...call.args]),
    chainId,
    nonce: Number(nonce),
    gasLimit: 1_000_000,
    maxFeePerGas: 0,
    maxPriorityFeePerGas: 0,
    type: 2,
  });
  const sent = await new Client(url, person.apiKey).post('/api/v1/transactions', { raw });
  if (sent.status !== 'mined') throw new Error(`${call.name} was not mined: ${JSON.stringify(sent)}`);
  return { hash: sent.hash };
}

export async function rpc<T>(url: string, method: string, params: readonly unknown[]): Promise<T> {
  const response = await fetch(`${url}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: T; error?: { message: string } };
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result as T;
}
