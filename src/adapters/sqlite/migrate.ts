import { NewerSchema } from '#ports/world/database.ts';
import type { Schema } from '#ports/world/database.ts';
import type { Body } from './transaction-queue.ts';

/** The versions of all schemas. */
export const VERSIONS =
  'CREATE TABLE IF NOT EXISTS hearth_schema (name TEXT PRIMARY KEY, version INTEGER NOT NULL)';

/**
 * Brings a schema to its newest version; each step and its number are one transaction.
 * @throws NewerSchema where the data's version is past the last step
 */
export async function migrate(
  schema: Schema,
  transact: (body: Body<number>) => Promise<number>,
  script: (sql: string) => void,
): Promise<void> {
  let version: number;
  do {
    version = await transact(async (tx) => {
      const row = await tx.get<{ version: number }>(
        'SELECT version FROM hearth_schema WHERE name = $1',
        schema.name,
      );
      const current = row?.version ?? 0;
      if (current > schema.steps.length) throw newer(schema, current);
      const step = schema.steps[current];
      if (step === undefined) return current;
      script(step);
      await tx.run(
        'INSERT INTO hearth_schema VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
        schema.name,
        current + 1,
      );
      return current + 1;
    });
  } while (version < schema.steps.length);
}

function newer(schema: Schema, version: number): NewerSchema {
  return new NewerSchema(
    `the data's ${schema.name} tables are of version ${version}, this Hearth knows up to ${schema.steps.length}: ` +
      'start the newer Hearth that wrote them',
  );
}
