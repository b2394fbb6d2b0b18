import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets a commit's statement fail as a whole when one of its checks does. Ids have no spaces. */
export class RefuseCommit1790000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE FUNCTION refuse_commit(kind text, ids text[]) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
       BEGIN
         RAISE EXCEPTION USING ERRCODE = 'MR001', MESSAGE = kind, DETAIL = array_to_string(ids, ' ');
       END $$`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION refuse_commit(text, text[])');
  }
}
