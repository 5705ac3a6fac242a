import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `ordinary`: quantities stand as digests. `all-inputs`: every number that the footprint rests on is disclosed. */
export type DisclosureProfile = 'ordinary' | 'all-inputs';

/** One release of a batch's passport. The passport/v1 document says everything; here is how it is served and minted. */
@Entity('passport')
export class Passport {
  @PrimaryColumn('uuid')
  id!: string;

  /** Random public id: the last part of the passport's address. */
  @Column('text')
  release!: string;

  @Column('uuid')
  organisation!: string;

  @Column('uuid')
  batch!: string;

  @Column('uuid')
  footprint!: string;

  @Column('uuid', { nullable: true })
  opinion!: string | null;

  /** 1, 2, …: release n+1 supersedes n. */
  @Column('int')
  number!: number;

  /** Token id of release n−1. */
  @Column('text', { nullable: true })
  supersedes!: string | null;

  @Column('text', { name: 'token_id' })
  tokenId!: string;

  /** Path of the printed code, without serial. */
  @Column('text')
  code!: string;

  /** Id of the passport/v1 document. */
  @Column('text')
  content!: string;

  /** The credential, compact JWS in ASCII. */
  @Column('bytea')
  credential!: Buffer;

  @Column('text', { name: 'credential_content' })
  credentialContent!: string;

  /** Ids of the documents that a bundle holds. */
  @Column('text', { array: true })
  documents!: string[];

  @Column('text')
  disclosure!: DisclosureProfile;

  /** The mint transaction. */
  @Column('uuid')
  transaction!: string;

  @Column('int', { name: 'item_count', nullable: true })
  itemCount!: number | null;

  /** Serials and salts (items.ts). Not selected unless asked for: it can be megabytes. */
  @Column('bytea', { nullable: true, select: false })
  items!: Buffer | null;

  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'issued_at' })
  issuedAt!: Date;
}
