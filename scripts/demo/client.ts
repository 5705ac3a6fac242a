// The demo's only way to the service: its HTTP API, as any other client would use it.
import { randomUUID } from 'node:crypto';

/** A refusal of the service, with its problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  readonly problem: Record<string, unknown>;
  constructor(request: string, status: number, problem: Record<string, unknown>) {
    super(`${request} was answered ${status}: ${JSON.stringify(problem)}`);
    this.status = status;
    this.code = String(problem.code ?? '');
    this.problem = problem;
  }
}

type Json = Record<string, any>;

export class Client {
  readonly url: string;
  private readonly apiKey: string | null;

  constructor(url: string, apiKey: string | null) {
    this.url = url;
    this.apiKey = apiKey;
  }

  get(path: string): Promise<Json> {
    return this.call('GET', path);
  }

  post(path: string, body: Json = {}, idempotencyKey: string = randomUUID()): Promise<Json> {
    return this.call('POST', path, { json: body, idempotencyKey });
  }

  upload(
    path: string,
    fields: Record<string, string>,
    file: { name: string; bytes: Uint8Array },
  ): Promise<Json> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([new Uint8Array(file.bytes)]), file.name);
    return this.call('POST', path, { form, idempotencyKey: randomUUID() });
  }

  /**
   * A service that is being restarted refuses connections for a moment. Every write carries an idempotency key, so
   * the same request is sent again until it is answered: it cannot act twice.
   */
  private async call(
    method: string,
    path: string,
    sent: { json?: Json; form?: FormData; idempotencyKey?: string } = {},
  ): Promise<Json> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.apiKey) headers.authorization = `Bearer ${this.apiKey}`;
    if (sent.idempotencyKey) headers['idempotency-key'] = sent.idempotencyKey;
    if (sent.json) headers['content-type'] = 'application/json';
    const body = sent.form ?? (sent.json ? JSON.stringify(sent.json) : null);
    const response = await this.reach(`${this.url}${path}`, { method, headers, body });
    const text = await response.text();
    const answer = (text ? JSON.parse(text) : {}) as Json;
    if (!response.ok) throw new ProblemError(`${method} ${path}`, response.status, answer);
    return answer;
  }

  private async reach(url: string, init: RequestInit): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
        if (response.status !== 503 || attempt >= 40) return response;
      } catch (error) {
        if (attempt >= 40) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
