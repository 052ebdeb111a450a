/** Parameters on the database: the only SQL of this service. */
import type { Queries, Schema, Transaction } from '#ports/world/database.ts';
import type { Parameter, Place } from './model.ts';

/** Bodies are JSON of `Parameter`. */
export const ssmSchema: Schema = {
  name: 'ssm',
  steps: [
    `CREATE TABLE ssm_parameters (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, name)
    )`,
  ],
};

interface Row {
  readonly body: string;
}

/** The parameter of a name, or `undefined`. */
export async function findParameter(
  queries: Queries,
  { accountId, region }: Place,
  name: string,
): Promise<Parameter | undefined> {
  const row = await queries.get<Row>(
    'SELECT body FROM ssm_parameters WHERE account_id = $1 AND region = $2 AND name = $3',
    accountId,
    region,
    name,
  );
  // What saveParameter has stored, here and below.
  return row && (JSON.parse(row.body) as Parameter);
}

/** All parameters of an account and Region, by name. */
export async function listParameters(
  queries: Queries,
  { accountId, region }: Place,
): Promise<Parameter[]> {
  const rows = await queries.all<Row>(
    'SELECT body FROM ssm_parameters WHERE account_id = $1 AND region = $2 ORDER BY name',
    accountId,
    region,
  );
  return rows.map(({ body }) => JSON.parse(body) as Parameter);
}

/** Adds a parameter, or replaces the one of its name. */
export async function saveParameter(
  tx: Transaction,
  { accountId, region }: Place,
  parameter: Parameter,
): Promise<void> {
  await tx.run(
    `INSERT INTO ssm_parameters (account_id, region, name, body) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, region, name) DO UPDATE SET body = excluded.body`,
    accountId,
    region,
    parameter.name,
    JSON.stringify(parameter),
  );
}

/** True where it was there. */
export async function deleteParameterRow(
  tx: Transaction,
  { accountId, region }: Place,
  name: string,
): Promise<boolean> {
  const changed = await tx.run(
    'DELETE FROM ssm_parameters WHERE account_id = $1 AND region = $2 AND name = $3',
    accountId,
    region,
    name,
  );
  return changed > 0;
}
