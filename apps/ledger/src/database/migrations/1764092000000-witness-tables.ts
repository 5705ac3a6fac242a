import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the chain's events were read; cosignatures of our checkpoints; what we cosigned of other logs. */
export class WitnessTables1764092000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table chain_cursor (
        one boolean primary key default true check (one),
        block bigint not null,
        block_hash text not null
      );
      create table chain_event (
        transaction text not null,
        log_index bigint not null,
        block bigint not null,
        content text not null references document,
        primary key (transaction, log_index)
      );

      create table cosignature (
        size bigint not null references log_checkpoint,
        cosigner text not null,
        time bigint not null,
        line text not null,
        received_at timestamptz not null,
        primary key (size, cosigner)
      );
      create table witnessed_log (
        origin text primary key,
        size numeric(20) not null,
        root bytea not null,
        checkpoint text not null,
        cosigned_at timestamptz not null
      );
      create function refuse_smaller() returns trigger language plpgsql as $$
        begin
          if new.size < old.size or (new.size = old.size and new.root <> old.root) then
            raise exception 'a witnessed log never shrinks and never changes';
          end if;
          return new;
        end $$;
      create trigger only_forward before update on witnessed_log for each row execute function refuse_smaller();
      create trigger kept before delete or truncate on witnessed_log for each statement execute function refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table witnessed_log, cosignature, chain_event, chain_cursor;
      drop function refuse_smaller;
    `);
  }
}
