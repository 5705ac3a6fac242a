import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Log, documents, organisations and transactions. Rows of the log are only ever inserted; triggers refuse the rest. */
export class PlatformTables1764072000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table organisation (
        id uuid primary key,
        slug text not null unique,
        did text not null unique,
        role text not null check (role in ('exporter', 'body', 'registrar', 'operator')),
        names text not null,
        uscc text,
        country text not null,
        address text,
        eth_address text unique,
        request_hash text,
        created_at timestamptz not null
      );
      create table api_key (
        hash bytea primary key,
        organisation uuid not null references organisation,
        created_at timestamptz not null,
        revoked_at timestamptz
      );
      create index on api_key (organisation);

      create table document (
        id text primary key,
        type text not null,
        organisation uuid not null references organisation,
        bytes bytea,
        salts bytea,
        saved_at timestamptz not null,
        erased_at timestamptz,
        check ((erased_at is null) = (bytes is not null) and (bytes is null) = (salts is null))
      );
      create index on document (organisation, type);

      create table issuer_key (
        kid text primary key,
        organisation uuid not null references organisation,
        sequence int not null,
        public_key text not null,
        issuer_address text not null,
        mint_key text not null,
        holder text not null check (holder in ('own', 'operator')),
        key_content text not null,
        key_leaf bytea not null,
        organisation_content text not null,
        organisation_leaf bytea not null,
        unique (organisation, sequence)
      );

      create table log_head (
        one boolean primary key default true check (one),
        origin text not null,
        log_id text not null,
        genesis text not null,
        size bigint not null,
        root bytea not null,
        time timestamptz not null,
        epoch bigint not null
      );
      create table log_entry (
        index bigint primary key,
        leaf_hash bytea not null unique,
        kind text not null,
        content text not null,
        bytes bytea not null,
        recorded_at timestamptz not null
      );
      create index on log_entry (content);
      create table log_node (
        level smallint not null,
        index bigint not null,
        hash bytea not null,
        primary key (level, index)
      );
      create table log_checkpoint (
        size bigint primary key,
        root bytea not null,
        note text not null,
        time timestamptz not null
      );
      create function refuse_change() returns trigger language plpgsql as $$
        begin raise exception 'rows of % are never changed', tg_table_name; end $$;
      create trigger append_only before update or delete or truncate on log_entry for each statement execute function refuse_change();
      create trigger append_only before update or delete or truncate on log_node for each statement execute function refuse_change();
      create trigger append_only before update or delete or truncate on log_checkpoint for each statement execute function refuse_change();

      create table sender_account (
        address text primary key,
        next_nonce bigint not null
      );
      create table chain_transaction (
        id uuid primary key,
        place bigint generated always as identity unique,
        purpose text not null,
        subject uuid,
        recipient text not null,
        data text not null,
        state text not null check (state in ('intent', 'signed', 'broadcast', 'mined', 'final', 'failed')),
        nonce bigint,
        gas_limit bigint,
        hash text,
        block bigint,
        block_hash text,
        block_time bigint,
        gas_used bigint,
        error text,
        created_at timestamptz not null,
        sent_at timestamptz
      );
      create index on chain_transaction (subject);
      create index on chain_transaction (place) where state in ('intent', 'signed', 'broadcast', 'mined');
      create table signed_transaction (
        hash text primary key,
        transaction uuid not null references chain_transaction,
        nonce bigint not null,
        raw text not null,
        signed_at timestamptz not null
      );
      create index on signed_transaction (transaction);

      create table anchor (
        sequence bigint primary key,
        size bigint not null unique,
        root bytea not null,
        tx_hash text not null,
        block bigint not null,
        block_hash text not null,
        time bigint not null,
        gas_used bigint
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table anchor, signed_transaction, chain_transaction, sender_account, log_checkpoint, log_node, log_entry,
        log_head, issuer_key, document, api_key, organisation;
      drop function refuse_change;
    `);
  }
}
