// What the journeys of backup and mirror share: facts recorded over HTTP, and the log as a reader sees it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const EXPORTER = {
  slug: 'yiwu-plates',
  role: 'exporter',
  names: { en: 'Yiwu Sample Tableware' },
  country: 'CN',
};

const post = (url: string, path: string, key: string, body: object) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });

/** Records facts one after another: each answer is one product whose entry is durable. */
export class Recorder {
  private static made = 0;
  readonly answered: string[] = [];
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  static async enrol(url: string, dataDir: string): Promise<Recorder> {
    const { apiKey } = JSON.parse(readFileSync(join(dataDir, 'keys/operator.key.json'), 'utf8'));
    const answer = await post(url, '/api/v1/organisations', apiKey, EXPORTER);
    if (answer.status !== 201) throw new Error(await answer.text());
    return new Recorder(url, ((await answer.json()) as { apiKey: string }).apiKey);
  }

  at(url: string): Recorder {
    return new Recorder(url, this.key);
  }

  send(): Promise<Response> {
    const number = Recorder.made++;
    return post(this.url, '/api/v1/products', this.key, {
      ownId: `plate-${number}`,
      names: { en: `Plate ${number}` },
      cnCode: '48237010',
      declaredUnit: { amount: '1', unit: 'piece' },
      massPerUnit: { value: '0.015', unit: 'kg' },
      packaging: [],
    });
  }

  async record(count = 1): Promise<void> {
    for (let at = 0; at < count; at++) {
      const answer = await this.send();
      const body = (await answer.json()) as { id: string };
      if (answer.status !== 201) throw new Error(JSON.stringify(body));
      this.answered.push(body.id);
    }
  }

  /** Goes on until told to stop. @returns the way to stop */
  load(writers: number): () => Promise<void> {
    let on = true;
    const running = Array.from({ length: writers }, async () => {
      while (on) await this.record();
    });
    return async () => {
      on = false;
      await Promise.all(running);
    };
  }
}

export type LogHead = { readonly size: number; readonly root: string; readonly text: string };

export async function headOf(url: string): Promise<LogHead> {
  const text = await (await fetch(`${url}/log/checkpoint`)).text();
  const [, size, root] = text.split('\n');
  return { size: Number(size), root: Buffer.from(String(root), 'base64').toString('hex'), text };
}

export async function leavesOf(url: string, size: number): Promise<string[]> {
  const leaves: string[] = [];
  for (let index = 0; index < size; index++)
    leaves.push(await (await fetch(`${url}/log/entries/${index}`)).text());
  return leaves;
}

/** The report of a command that was run with --json. */
export const reportOf = (output: string) =>
  JSON.parse(
    output
      .trim()
      .split('\n')
      .find((line) => line.startsWith('{')) ?? '',
  );
