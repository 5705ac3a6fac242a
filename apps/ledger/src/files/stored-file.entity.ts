import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file an organisation sent. The bytes lie in the store room under their hash, once for all who sent the same. */
@Entity('stored_file')
export class StoredFile {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  organisation!: string;

  /** Hex. */
  @Column('text')
  sha256!: string;

  @Column('bigint')
  bytes!: string;

  /** As the sender called it. */
  @Column('text')
  name!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
