import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, type Repository } from 'typeorm';
import type { ContentId, JsonObject } from '#lib/canonical';
import {
  type ActivityDocument,
  answerQuestions,
  confirmedActivities,
  type ImportDraft,
  isBlocked,
  makeActivityDocument,
} from '#lib/evidence';
import { TEMPLATES } from '#lib/footprint';
import { FacilitiesService } from '../catalogue/facilities.service.ts';
import { ProductsService } from '../catalogue/products.service.ts';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import { FilesService } from '../files/files.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { Random } from '../random.ts';
import { createOnce } from '../recording/create-once.ts';
import { type Fact, type RecordedFact, RecorderService } from '../recording/recorder.service.ts';
import { Import } from './import.entity.ts';
import type { ImportFields } from './imports.dto.ts';
import { lineOutput } from './line-output.ts';
import type { ParseTask } from './parse.ts';
import { ParserService } from './parser.service.ts';
import type { Upload } from './upload.ts';

export type DraftView = {
  readonly uuid: string;
  readonly state: 'draft' | 'confirmed';
  readonly refusals: ImportDraft['refusals'];
  readonly questions: ImportDraft['questions'];
  readonly notes: ImportDraft['notes'];
  readonly summary: { readonly activities: number; readonly sheets: readonly string[] };
  readonly file: { readonly name: string; readonly sha256: string; readonly bytes: string };
};

export type ConfirmedView = {
  readonly uuid: string;
  readonly state: 'confirmed';
  readonly entries: readonly { readonly kind: string; readonly index: string; readonly content: string }[];
  readonly activities: readonly string[];
};

type Prepared = { readonly facts: Fact[]; readonly voucherSalts: (string | null)[] };

@Injectable()
export class ImportsService {
  constructor(
    @InjectRepository(Import) private readonly rows: Repository<Import>,
    private readonly facilities: FacilitiesService,
    private readonly products: ProductsService,
    private readonly files: FilesService,
    private readonly parser: ParserService,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly proofs: ProofsService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Keeps the file and reads it into a draft. Nothing is recorded. */
  async upload(caller: CallerIdentity, upload: Upload, identity: RequestIdentityFacts): Promise<DraftView> {
    const { fields } = upload;
    await this.products.find(caller.organisation, fields.product);
    await this.facilities.find(caller.organisation, fields.facility);
    const sameUpload = { ...identity, bodyHash: upload.hash };
    const row = await createOnce(this.rows, caller.organisation, sameUpload, {
      write: () => this.readFile(caller, upload, sameUpload),
      conflicts: {},
    });
    return this.view(row);
  }

  async find(organisation: string, id: string): Promise<Import> {
    const row = await this.rows.findOneBy({ id, organisation });
    if (!row) throw notFound('import');
    return row;
  }

  async view(row: Import): Promise<DraftView> {
    const { activities, refusals, questions, notes } = draftOf(row);
    const { name, sha256, bytes } = await this.files.find(row.organisation, row.file);
    const sheets = [...new Set(activities.map(({ place }) => place.sheet))];
    return {
      uuid: row.id,
      state: row.state,
      refusals,
      questions,
      notes,
      summary: { activities: activities.length, sheets },
      file: { name, sha256, bytes },
    };
  }

  /** @throws EvidenceError `evidence/unknown-question`, `evidence/unknown-answer`; RefusalError 409 `import/confirmed` */
  async answer(
    organisation: string,
    id: string,
    answers: Readonly<Record<string, string>>,
  ): Promise<DraftView> {
    const row = await this.find(organisation, id);
    const draft = answerQuestions(draftOf(row), answers);
    const { affected } = await this.rows.update(
      { id, organisation, state: 'draft' },
      { draft: toBytes(draft) },
    );
    if (affected !== 1) throw alreadyConfirmed();
    return this.view(await this.find(organisation, id));
  }

  /** Records every activity of the draft under a signed manifest. Confirming twice answers the same. */
  async confirm(caller: CallerIdentity, id: string): Promise<ConfirmedView> {
    const row = await this.find(caller.organisation, id);
    if (row.state === 'draft') {
      const draft = draftOf(row);
      if (isBlocked(draft)) throw blocked(draft);
      try {
        await this.record(caller, row, await this.prepare(caller, row, draft));
      } catch (error) {
        // somebody confirmed it at the same time: the answer is the same
        if (!(error instanceof ConfirmedBeside)) throw error;
      }
    }
    return this.confirmedView(id);
  }

  /**
   * Ids of the activities of these imports, in their order.
   * @throws RefusalError 404, 409 `import/not-confirmed`, 422 `import/other-product`
   */
  async activitiesOf(
    organisation: string,
    wanted: { readonly imports: readonly string[]; readonly product: string; readonly facility: string },
  ): Promise<ContentId[]> {
    const rows = await this.rows.findBy({ id: In([...wanted.imports]), organisation });
    const ids: ContentId[] = [];
    for (const [at, id] of wanted.imports.entries()) {
      const row = rows.find((one) => one.id === id);
      if (!row) throw notFound('import');
      requireUsable(row, wanted, `/imports/${at}`);
      ids.push(...(await this.activityIds(id)));
    }
    return ids;
  }

  /** Ids of the manifests of these imports. */
  async manifestsOf(imports: readonly string[]): Promise<string[]> {
    const rows = (await this.rows.query(
      'select content from import_manifest where import = any($1::uuid[]) order by import, position',
      [imports],
    )) as { content: string }[];
    return rows.map(({ content }) => content);
  }

  private async readFile(
    caller: CallerIdentity,
    upload: Upload,
    identity: RequestIdentityFacts,
  ): Promise<void> {
    const { fields } = upload;
    const file = await this.files.keep(caller.organisation, upload.name, upload.bytes);
    const draft = await this.parser.parse(await this.task(caller.organisation, upload));
    await this.rows.insert({
      id: identity.id,
      organisation: caller.organisation,
      facility: fields.facility,
      product: fields.product,
      kind: fields.kind,
      file: file.id,
      line: fields.line ?? null,
      year: fields.year ?? null,
      state: 'draft',
      draft: toBytes(draft),
      requestHash: identity.bodyHash,
      createdAt: this.clock.now(),
      confirmedAt: null,
    });
  }

  private async task(organisation: string, { fields, bytes, name }: Upload): Promise<ParseTask> {
    const template =
      fields.template === undefined ? [...TEMPLATES.values()][0] : TEMPLATES.get(fields.template);
    if (!template) throw unknownTemplate(fields.template ?? '');
    const { expectedElectricity } = template;
    if (fields.kind === 'workbook')
      return { kind: 'workbook', bytes, name, context: { expectedElectricity } };
    if (fields.line === undefined) throw missingLine();
    const line = fields.line as ActivityDocument['line'];
    const year = fields.year ?? null;
    const output = await this.knownOutput(organisation, fields, line, year);
    return { kind: 'meter-csv', bytes, name, context: { line, year, expectedElectricity, output } };
  }

  /** What the line made in that year by an earlier confirmed workbook: it lets a wrong unit be noticed. */
  private async knownOutput(
    organisation: string,
    { product, facility }: ImportFields,
    line: ActivityDocument['line'],
    year: number | null,
  ): Promise<ReturnType<typeof lineOutput>> {
    if (year === null) return null;
    const earlier = await this.rows.findOne({
      where: { organisation, product, facility, kind: 'workbook', state: 'confirmed' },
      order: { confirmedAt: 'DESC' },
    });
    if (!earlier) return null;
    const documents = await this.documents.loadMany(await this.activityIds(earlier.id));
    return lineOutput(
      documents.map(({ doc }) => doc as unknown as ActivityDocument),
      line,
      year,
    );
  }

  private async prepare(caller: CallerIdentity, row: Import, draft: ImportDraft): Promise<Prepared> {
    const facility = await this.facilities.find(caller.organisation, row.facility);
    const owner = { organisation: caller.did, facility: facility.uri };
    const made = confirmedActivities(draft).map((activity) =>
      makeActivityDocument(activity, owner, (count) => this.random.bytes(count)),
    );
    if (made.length === 0) throw nothingToConfirm();
    return {
      facts: made.map(({ document }) => ({
        kind: 'activity/v1',
        doc: { ...document } as unknown as JsonObject,
      })),
      voucherSalts: made.map(({ voucherSalt }) => voucherSalt),
    };
  }

  private async record(
    caller: CallerIdentity,
    row: Import,
    { facts, voucherSalts }: Prepared,
  ): Promise<void> {
    const { name, sha256, bytes } = await this.files.find(row.organisation, row.file);
    await this.recorder.recordCovered(caller.organisation, facts, {
      file: { name, sha256, bytes },
      save: async (tx, recorded) => {
        const { affected } = await tx.update(
          Import,
          { id: row.id, state: 'draft' },
          { state: 'confirmed', confirmedAt: this.clock.now() },
        );
        if (affected !== 1) throw new ConfirmedBeside();
        await saveRows(
          tx,
          row.id,
          recorded.slice(0, facts.length),
          voucherSalts,
          recorded.slice(facts.length),
        );
      },
    });
  }

  private async activityIds(id: string): Promise<ContentId[]> {
    const rows = (await this.rows.query(
      'select content from import_activity where import = $1 order by position',
      [id],
    )) as { content: ContentId }[];
    return rows.map(({ content }) => content);
  }

  private async confirmedView(id: string): Promise<ConfirmedView> {
    const activities = await this.activityIds(id);
    const manifests = await this.manifestsOf([id]);
    const kinds = new Map<string, string>([
      ...activities.map((content) => [content, 'activity/v1'] as const),
      ...manifests.map((content) => [content, 'import/v1'] as const),
    ]);
    const recorded = await this.proofs.entriesByContent([...kinds.keys()]);
    const entries = recorded.map(({ index, bytes }) => {
      const { content } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { content: string };
      return { kind: kinds.get(content) ?? '', index: String(index), content };
    });
    return { uuid: id, state: 'confirmed', entries, activities };
  }
}

/** Another request confirmed the draft first; nothing of ours was recorded. */
class ConfirmedBeside extends Error {}

function draftOf(row: Import): ImportDraft {
  return JSON.parse(row.draft.toString('utf8')) as ImportDraft;
}

function toBytes(draft: ImportDraft): Buffer {
  return Buffer.from(JSON.stringify(draft));
}

async function saveRows(
  tx: EntityManager,
  id: string,
  activities: readonly RecordedFact[],
  voucherSalts: readonly (string | null)[],
  manifests: readonly RecordedFact[],
): Promise<void> {
  await tx.query(
    `insert into import_activity (import, position, content, voucher_salt)
     select $1, place - 1, content, salt from unnest($2::text[], $3::text[]) with ordinality as one (content, salt, place)`,
    [id, activities.map(({ content }) => content), voucherSalts],
  );
  await tx.query(
    `insert into import_manifest (import, position, content)
     select $1, place - 1, content from unnest($2::text[]) with ordinality as one (content, place)`,
    [id, manifests.map(({ content }) => content)],
  );
}

function requireUsable(
  row: Import,
  wanted: { readonly product: string; readonly facility: string },
  pointer: string,
): void {
  if (row.state !== 'confirmed')
    throw new RefusalError({
      status: 409,
      code: 'import/not-confirmed',
      detail: `import ${row.id} is a draft: nothing of it is recorded`,
      remedy: 'confirm it with POST /api/v1/imports/{uuid}/confirm first',
      pointer,
    });
  if (row.product !== wanted.product || row.facility !== wanted.facility)
    throw new RefusalError({
      status: 422,
      code: 'import/other-product',
      detail: `import ${row.id} belongs to another product or facility`,
      remedy: 'calculate from imports of this product and facility',
      pointer,
    });
}

/** The refusals and open questions are named, so that a client needs no second request. */
function blocked(draft: ImportDraft): RefusalError {
  const open = draft.questions.filter(({ answer }) => answer === null);
  return new RefusalError({
    status: 409,
    code: 'import/blocked',
    detail: `${draft.refusals.length} refusals stand and ${open.length} questions are open`,
    remedy: 'correct the file and upload it again; answer questions with POST /api/v1/imports/{uuid}/answers',
    errors: [
      ...draft.refusals.map(({ code, message, remedy, sheet, row, column }) => ({
        code,
        detail: message.en,
        remedy: remedy.en,
        place: { sheet, ...(row !== null && { row }), ...(column !== null && { column }) },
      })),
      ...open.map(({ code, message, id }) => ({ code, detail: message.en, remedy: `answer question ${id}` })),
    ],
  });
}

function alreadyConfirmed(): RefusalError {
  return new RefusalError({
    status: 409,
    code: 'import/confirmed',
    detail: 'this import is confirmed: its activities are recorded',
    remedy: 'upload a corrected file; a recorded fact is corrected by a later one, never changed',
  });
}

function nothingToConfirm(): RefusalError {
  return new RefusalError({
    status: 409,
    code: 'import/empty',
    detail: 'the draft holds no activity',
    remedy: 'check that the sheets have rows and that not everything was left out',
  });
}

function missingLine(): RefusalError {
  return new RefusalError({
    status: 400,
    code: 'import/missing-line',
    detail: 'a meter file says nothing about the production line',
    remedy: 'send the field "line": L1 to L99, or shared',
    pointer: '/line',
  });
}

function unknownTemplate(id: string): RefusalError {
  return new RefusalError({
    status: 400,
    code: 'footprint/unknown-template',
    detail: `no template ${JSON.stringify(id)} is known here`,
    remedy: `use one of: ${[...TEMPLATES.keys()].join(', ')}`,
    pointer: '/template',
  });
}
