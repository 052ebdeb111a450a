/** SQL of exports, which are done when they are noted. */
import type { ExportDescription } from '#aws/models/dynamodb.types.gen.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';

interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** Notes an export. */
export async function insertExport(
  tx: Transaction,
  { accountId, region }: Scope,
  description: ExportDescription,
): Promise<void> {
  await tx.run(
    'INSERT INTO dynamodb_exports (account_id, region, arn, description) VALUES ($1, $2, $3, $4)',
    accountId,
    region,
    description.ExportArn ?? '',
    JSON.stringify(description),
  );
}

/** The export of an ARN, or `undefined`. */
export async function findExport(
  queries: Queries,
  { accountId, region }: Scope,
  arn: string,
): Promise<ExportDescription | undefined> {
  const row = await queries.get<{ description: string }>(
    'SELECT description FROM dynamodb_exports WHERE account_id = $1 AND region = $2 AND arn = $3',
    accountId,
    region,
    arn,
  );
  return row && (JSON.parse(row.description) as ExportDescription); // Only insertExport writes it.
}

/** An account's exports, by their ARNs. */
export async function listExportRows(
  queries: Queries,
  { accountId, region }: Scope,
): Promise<ExportDescription[]> {
  const rows = await queries.all<{ description: string }>(
    'SELECT description FROM dynamodb_exports WHERE account_id = $1 AND region = $2 ORDER BY arn',
    accountId,
    region,
  );
  return rows.map(({ description }) => JSON.parse(description) as ExportDescription); // As above.
}
