// A multipart upload: one file, a few short fields.

import { plainToInstance } from 'class-transformer';
import type { FastifyRequest } from 'fastify';
import { canonicalBytes, sha256, toHex } from '#lib/canonical';
import { RefusalError } from '../http/refusal.ts';
import { MAX_FILE_BYTES } from '../http/strict-json.ts';
import { createValidationPipe } from '../http/validation.ts';
import { ImportFields } from './imports.dto.ts';

type Part =
  | {
      readonly type: 'file';
      readonly fieldname: string;
      readonly filename?: string;
      toBuffer(): Promise<Buffer>;
    }
  | { readonly type: 'field'; readonly fieldname: string; readonly value: unknown };

export type Upload = {
  readonly fields: ImportFields;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What makes a repeated upload the same one: fields and bytes, not the boundary between them. */
  readonly hash: string;
};

/** @throws RefusalError `http/unsupported-media-type`, `import/no-file`, `files/too-large`, `http/invalid-body` */
export async function readUpload(request: FastifyRequest): Promise<Upload> {
  if (!request.headers['content-type']?.startsWith('multipart/form-data'))
    throw refused(
      415,
      'http/unsupported-media-type',
      'an import is a file',
      'send multipart/form-data with the field "file"',
    );
  const { parts } = request as unknown as { parts: () => AsyncIterable<Part> };
  const texts: Record<string, string> = {};
  let file: { name: string; bytes: Uint8Array } | null = null;
  try {
    for await (const part of parts.call(request)) {
      if (part.type === 'field') texts[part.fieldname] = String(part.value);
      else if (part.fieldname === 'file' && file === null)
        file = { name: part.filename ?? 'file', bytes: new Uint8Array(await part.toBuffer()) };
      else await part.toBuffer();
    }
  } catch (error) {
    throw tooLarge(error) ?? error;
  }
  if (file === null)
    throw refused(
      400,
      'import/no-file',
      'no file came with the request',
      'send the workbook or meter file in the field "file"',
    );
  const fields = await readFields(texts);
  const hash = toHex(sha256(canonicalBytes({ ...texts, file: toHex(sha256(file.bytes)) })));
  return { fields, ...file, hash };
}

async function readFields({ year, ...texts }: Record<string, string>): Promise<ImportFields> {
  const plain = { ...texts, ...(year !== undefined && { year: /^\d{4}$/.test(year) ? Number(year) : year }) };
  const metadata = { type: 'body' as const, metatype: ImportFields };
  return createValidationPipe().transform(plainToInstance(Object, plain), metadata) as Promise<ImportFields>;
}

function tooLarge(error: unknown): RefusalError | null {
  if ((error as { code?: string }).code !== 'FST_REQ_FILE_TOO_LARGE') return null;
  return refused(
    413,
    'files/too-large',
    `the file has more than ${MAX_FILE_BYTES} bytes`,
    'split the file, for instance one workbook for each half year',
  );
}

function refused(status: number, code: string, detail: string, remedy: string): RefusalError {
  return new RefusalError({ status, code, detail, remedy });
}
