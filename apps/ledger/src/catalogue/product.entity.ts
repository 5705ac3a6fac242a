import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A product model; its facts stand in the product/v1 document. */
@Entity('product')
export class Product {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  organisation!: string;

  /** `https://id.gs1.org/01/{gtin14}` or `{publicUrl}/id/{org}/{product}` */
  @Column('text')
  uri!: string;

  /** 14 digits. One organisation has it, the first that claimed it. */
  @Column('text', { nullable: true })
  gtin!: string | null;

  @Column('text', { name: 'own_id', nullable: true })
  ownId!: string | null;

  /** Id of the product/v1 document. */
  @Column('text')
  content!: string;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
