// All endpoints of a chain as one: asked the same, and what they do not all answer alike is not known.
import { type Finding, type FindingCode, finding } from '#lib/audit';
import { canonicalize, isJsonObject, type JsonValue } from '#lib/canonical';
import type { Rpc, RpcRequest } from '#lib/evm';

const ATTEMPTS = 3;

/** The chain cannot be read now; the finding says why. */
export class ChainGap extends Error {
  override readonly name = 'ChainGap';
  readonly finding: Finding;
  constructor(code: FindingCode, expected: string, found: string, detail = '') {
    super(`${code}: ${found}`);
    this.finding = finding(code, 'chain', expected, found, detail);
  }
}

/** All endpoints together: they are asked the same, and must answer the same. */
export class Panel {
  heard: readonly string[] = [];
  private readonly rpc: Rpc;
  private readonly endpoints: readonly string[];
  private readonly need: number;

  constructor(rpc: Rpc, endpoints: readonly string[], need: number) {
    this.rpc = rpc;
    this.endpoints = endpoints;
    this.need = need;
  }

  /** One answer for all. @throws ChainGap `chain/unreachable`, `chain/endpoints-disagree` */
  async ask(batch: readonly RpcRequest[]): Promise<readonly JsonValue[]> {
    const [first = [], ...others] = await this.each(batch);
    for (const [at, request] of batch.entries()) {
      const [a, ...rest] = [first, ...others].map((answers) => comparable(answers[at] ?? null));
      const other = rest.find((each) => each !== a);
      if (other !== undefined)
        throw new ChainGap('chain/endpoints-disagree', a!.slice(0, 300), other.slice(0, 300), request.method);
    }
    return first;
  }

  /** The answers of each endpoint that answered. */
  async each(batch: readonly RpcRequest[]): Promise<(readonly JsonValue[])[]> {
    let why = `${this.endpoints.length} endpoints that may count`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const asked = await Promise.all(
        this.endpoints.map(async (endpoint) => {
          try {
            const answers = await this.rpc(endpoint, batch);
            return {
              endpoint,
              results: answers.map((answer) => {
                if (!('result' in answer)) throw new Error(answer.error.message);
                return answer.result;
              }),
            };
          } catch (error) {
            why = `${endpoint}: ${(error as Error).message}`;
            return null;
          }
        }),
      );
      const present = asked.flatMap((each) => (each ? [each] : []));
      if (present.length >= this.need) {
        this.heard = present.map(({ endpoint }) => endpoint);
        return present.map(({ results }) => results);
      }
      if (this.endpoints.length < this.need) break;
      if (attempt + 1 < ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, 300 * 3 ** attempt));
    }
    throw new ChainGap('chain/unreachable', `${this.need} endpoints that answer`, why);
  }
}

/** What two endpoints must agree on: of blocks number, hash and time; of log lines what names and fills them. */
function comparable(answer: JsonValue): string {
  const pick = (value: JsonValue, names: readonly string[]) =>
    isJsonObject(value) ? names.map((name) => value[name] ?? null) : value;
  if (Array.isArray(answer)) {
    const names = ['address', 'topics', 'data', 'blockHash', 'blockNumber', 'transactionHash', 'logIndex'];
    return canonicalize((answer as JsonValue[]).map((line) => pick(line, names))).toLowerCase();
  }
  return canonicalize(pick(answer, ['number', 'hash', 'timestamp'])).toLowerCase();
}
