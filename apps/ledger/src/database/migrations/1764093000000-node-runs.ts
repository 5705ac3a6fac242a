import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Hashes of the tree in runs: those of one level that a batch completed, side by side in one row. A row a hash cost more
 * than the entry it stood for. The look-up by content compares for equality alone, so it needs no order.
 */
export class NodeRuns1764093000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table log_node_run (
        level smallint not null,
        first bigint not null,
        hashes bytea not null check (length(hashes) > 0 and length(hashes) % 32 = 0),
        primary key (level, first)
      );
      alter table log_node_run alter hashes set storage external;
      insert into log_node_run (level, first, hashes)
        select level, min(index), string_agg(hash, '' order by index)
        from (select *, index - row_number() over (partition by level order by index) as island from log_node) as node
        group by level, island, index / 4096;
      create trigger append_only before update or delete or truncate on log_node_run for each statement execute function refuse_change();
      drop table log_node;

      drop index log_entry_content_idx;
      create index log_entry_content_idx on log_entry using hash (content);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table log_node (
        level smallint not null,
        index bigint not null,
        hash bytea not null,
        primary key (level, index)
      );
      insert into log_node (level, index, hash)
        select level, first + n, substring(hashes from 32 * n + 1 for 32)
        from log_node_run, generate_series(0, length(hashes) / 32 - 1) as n;
      create trigger append_only before update or delete or truncate on log_node for each statement execute function refuse_change();
      drop table log_node_run;
      drop index log_entry_content_idx;
      create index log_entry_content_idx on log_entry (content);
    `);
  }
}
