import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A site of an organisation; its facts stand in the facility/v1 document. */
@Entity('facility')
export class Facility {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  organisation!: string;

  @Column('text')
  slug!: string;

  /** `did:web:…#facility-{slug}` */
  @Column('text')
  uri!: string;

  /** Id of the facility/v1 document. */
  @Column('text')
  content!: string;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
