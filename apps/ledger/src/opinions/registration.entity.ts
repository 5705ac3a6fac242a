import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A registrar's snapshot of a body; the registration itself is the registrar's own act on chain. */
@Entity('registration')
export class Registration {
  @PrimaryColumn('uuid')
  id!: string;

  /** The registrar. */
  @Column('uuid')
  organisation!: string;

  /** Checksummed. */
  @Column('text')
  body!: string;

  /** Checksummed. */
  @Column('text')
  registrar!: string;

  /** Id of the registration/v1 document. */
  @Column('text')
  content!: string;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
