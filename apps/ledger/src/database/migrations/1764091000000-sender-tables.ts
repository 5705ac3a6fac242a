import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the sender has to know to follow a transaction to the end: no-ops, what was paid, and the final chain. */
export class SenderTables1764091000000 implements MigrationInterface {
  readonly name = 'SenderTables1764091000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table chain_transaction
        drop constraint chain_transaction_state_check,
        add constraint chain_transaction_state_check
          check (state in ('intent', 'signed', 'broadcast', 'mined', 'final', 'failed', 'replaced')),
        -- when its block became final; until then a reorganisation may take it back
        add column final_at timestamptz,
        -- wei
        add column paid numeric;
      update chain_transaction set final_at = now() where state in ('final', 'failed');
      create index on chain_transaction (place) where block is not null and final_at is null;
      create index on chain_transaction (nonce);
      create index on chain_transaction (hash);

      alter table signed_transaction
        add column kind text not null default 'call' check (kind in ('call', 'noop'));

      -- the newest block that was final: one row
      create table chain_final_block (
        one boolean primary key default true check (one),
        number bigint not null,
        hash text not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index chain_transaction_nonce_idx, chain_transaction_hash_idx, chain_transaction_place_idx1;
      drop table chain_final_block;
      alter table signed_transaction drop column kind;
      alter table chain_transaction
        drop constraint chain_transaction_state_check,
        add constraint chain_transaction_state_check
          check (state in ('intent', 'signed', 'broadcast', 'mined', 'final', 'failed')),
        drop column final_at,
        drop column paid;
    `);
  }
}
