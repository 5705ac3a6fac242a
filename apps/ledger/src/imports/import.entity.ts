import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file that was sent in. A draft records nothing; confirming makes its activities facts. */
@Entity('import')
export class Import {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  organisation!: string;

  @Column('uuid')
  facility!: string;

  @Column('uuid')
  product!: string;

  @Column('text')
  kind!: 'workbook' | 'meter-csv';

  /** Row of the stored file. */
  @Column('uuid')
  file!: string;

  @Column('text', { nullable: true })
  line!: string | null;

  @Column('int', { nullable: true })
  year!: number | null;

  @Column('text')
  state!: 'draft' | 'confirmed';

  /** The ImportDraft as JSON, answers included. */
  @Column('bytea')
  draft!: Buffer;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'confirmed_at', nullable: true })
  confirmedAt!: Date | null;
}
