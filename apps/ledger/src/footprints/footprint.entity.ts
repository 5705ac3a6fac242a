import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A calculated footprint; input, result and working stand in the footprint/v1 document. */
@Entity('footprint')
export class Footprint {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  organisation!: string;

  @Column('uuid')
  product!: string;

  @Column('uuid')
  facility!: string;

  /** Id of the footprint/v1 document. */
  @Column('text')
  content!: string;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
