import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One lot of one product from one facility; its facts stand in the batch/v1 document. */
@Entity('batch')
export class Batch {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  organisation!: string;

  @Column('uuid')
  product!: string;

  @Column('uuid')
  facility!: string;

  @Column('text')
  lot!: string;

  /** Id of the batch/v1 document. */
  @Column('text')
  content!: string;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
