import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the exporters' rooms keep beside the documents: which row of whom stands for which document. The documents hold
 * the facts; a column here is a key, a choice of the tenant or a copy to search by.
 */
export class FeatureTables1764080000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table facility (
        id uuid primary key,
        organisation uuid not null references organisation,
        slug text not null,
        uri text not null unique,
        content text not null unique references document,
        request_hash text,
        created_at timestamptz not null,
        unique (organisation, slug)
      );

      create table product (
        id uuid primary key,
        organisation uuid not null references organisation,
        uri text not null unique,
        gtin text unique,
        own_id text,
        content text not null unique references document,
        request_hash text,
        created_at timestamptz not null,
        check ((gtin is null) <> (own_id is null))
      );
      create index on product (organisation);

      create table batch (
        id uuid primary key,
        organisation uuid not null references organisation,
        product uuid not null references product,
        facility uuid not null references facility,
        lot text not null,
        content text not null unique references document,
        request_hash text,
        created_at timestamptz not null,
        unique (product, lot)
      );
      create index on batch (organisation);

      create table stored_file (
        id uuid primary key,
        organisation uuid not null references organisation,
        sha256 text not null,
        bytes bigint not null,
        name text not null,
        created_at timestamptz not null,
        unique (organisation, sha256)
      );

      create table import (
        id uuid primary key,
        organisation uuid not null references organisation,
        facility uuid not null references facility,
        product uuid not null references product,
        kind text not null check (kind in ('workbook', 'meter-csv')),
        file uuid not null references stored_file,
        line text,
        year int,
        state text not null check (state in ('draft', 'confirmed')),
        draft bytea not null,
        request_hash text,
        created_at timestamptz not null,
        confirmed_at timestamptz
      );
      create index on import (organisation);
      create table import_activity (
        import uuid not null references import,
        position int not null,
        content text not null unique references document,
        voucher_salt text,
        primary key (import, position)
      );
      create table import_manifest (
        import uuid not null references import,
        position int not null,
        content text not null unique references document,
        primary key (import, position)
      );

      create table footprint (
        id uuid primary key,
        organisation uuid not null references organisation,
        product uuid not null references product,
        facility uuid not null references facility,
        content text not null unique references document,
        request_hash text,
        created_at timestamptz not null
      );
      create index on footprint (organisation);
      create table footprint_import (
        footprint uuid not null references footprint,
        import uuid not null references import,
        primary key (footprint, import)
      );

      create table registration (
        id uuid primary key,
        organisation uuid not null references organisation,
        body text not null,
        registrar text not null,
        content text not null unique references document,
        request_hash text,
        created_at timestamptz not null
      );
      create index on registration (registrar, body);

      create table opinion (
        id uuid primary key,
        organisation uuid not null references organisation,
        footprint uuid not null references footprint,
        exporter uuid not null references organisation,
        opinion_id text not null,
        body text not null,
        content text not null unique references document,
        registration text not null references document,
        request_hash text,
        created_at timestamptz not null,
        unique (body, opinion_id)
      );
      create index on opinion (footprint);

      create table passport (
        id uuid primary key,
        release text not null unique,
        organisation uuid not null references organisation,
        batch uuid not null references batch,
        footprint uuid not null references footprint,
        opinion uuid references opinion,
        number int not null check (number >= 1),
        supersedes text,
        token_id text not null unique,
        code text not null,
        content text not null unique references document,
        credential bytea not null,
        credential_content text not null unique,
        documents text[] not null,
        disclosure text not null check (disclosure in ('ordinary', 'all-inputs')),
        transaction uuid not null,
        item_count int,
        items bytea,
        request_hash text,
        issued_at timestamptz not null,
        unique (batch, number),
        check ((item_count is null) = (items is null))
      );
      create index on passport (organisation, issued_at);
      create index on passport (code);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table passport, opinion, registration, footprint_import, footprint, import_manifest, import_activity, import,
        stored_file, batch, product, facility;
    `);
  }
}
