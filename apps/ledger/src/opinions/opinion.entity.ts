import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a body signed about a footprint; the opinion/v1 document holds it. */
@Entity('opinion')
export class Opinion {
  @PrimaryColumn('uuid')
  id!: string;

  /** The body. */
  @Column('uuid')
  organisation!: string;

  @Column('uuid')
  footprint!: string;

  /** Whose footprint it is. */
  @Column('uuid')
  exporter!: string;

  /** bytes32: the body's address and 12 bytes of its choice. */
  @Column('text', { name: 'opinion_id' })
  opinionId!: string;

  /** Checksummed. */
  @Column('text')
  body!: string;

  /** Id of the opinion/v1 document. */
  @Column('text')
  content!: string;

  /** Id of the registration/v1 document that the chain named when the opinion came in. */
  @Column('text')
  registration!: string;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
