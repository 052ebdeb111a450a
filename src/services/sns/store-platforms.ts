/** SQL of mobile platforms' applications and endpoints, and of the account's settings for text messages. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { ApplicationAddress, PlatformApplication, PlatformEndpoint } from './platform.ts';

interface Row {
  readonly body: string;
}

interface Place {
  readonly accountId: string;
  readonly region: string;
}

const OF_APPLICATION = 'account_id = $1 AND region = $2 AND platform = $3 AND application = $4';

function keyOf({ accountId, region, platform, application }: ApplicationAddress) {
  return [accountId, region, platform, application] as const;
}

/** The application of an address, or `undefined`. */
export async function findApplication(
  queries: Queries,
  address: ApplicationAddress,
): Promise<PlatformApplication | undefined> {
  const row = await queries.get<Row>(
    `SELECT body FROM sns_applications WHERE ${OF_APPLICATION}`,
    ...keyOf(address),
  );
  // What saveApplication has stored.
  return row && (JSON.parse(row.body) as PlatformApplication);
}

/** Adds an application, or replaces the one of its name. */
export async function saveApplication(
  tx: Transaction,
  application: PlatformApplication,
): Promise<void> {
  await tx.run(
    `INSERT INTO sns_applications (account_id, region, platform, application, body)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, region, platform, application) DO UPDATE SET body = excluded.body`,
    ...keyOf(application),
    JSON.stringify(application),
  );
}

/** With its endpoints. */
export async function deleteApplicationRows(
  tx: Transaction,
  address: ApplicationAddress,
): Promise<void> {
  for (const table of ['sns_endpoints', 'sns_applications']) {
    await tx.run(`DELETE FROM ${table} WHERE ${OF_APPLICATION}`, ...keyOf(address));
  }
}

/** An account's applications in a Region, by platform and name. */
export async function applicationsOf(
  queries: Queries,
  { accountId, region }: Place,
): Promise<PlatformApplication[]> {
  const rows = await queries.all<Row>(
    `SELECT body FROM sns_applications WHERE account_id = $1 AND region = $2
     ORDER BY platform, application`,
    accountId,
    region,
  );
  return rows.map(({ body }) => JSON.parse(body) as PlatformApplication);
}

/** The endpoint of an id, or `undefined`. */
export async function findEndpoint(
  queries: Queries,
  id: string,
): Promise<PlatformEndpoint | undefined> {
  const row = await queries.get<Row>('SELECT body FROM sns_endpoints WHERE id = $1', id);
  // What saveEndpoint has stored.
  return row && (JSON.parse(row.body) as PlatformEndpoint);
}

/** The endpoint of a device's token, or `undefined`. */
export async function endpointOfToken(
  queries: Queries,
  address: ApplicationAddress,
  token: string,
): Promise<PlatformEndpoint | undefined> {
  const row = await queries.get<Row>(
    `SELECT body FROM sns_endpoints WHERE ${OF_APPLICATION} AND token = $5`,
    ...keyOf(address),
    token,
  );
  return row && (JSON.parse(row.body) as PlatformEndpoint);
}

/** Adds an endpoint, or replaces the one of its id. */
export async function saveEndpoint(tx: Transaction, endpoint: PlatformEndpoint): Promise<void> {
  await tx.run(
    `INSERT INTO sns_endpoints (account_id, region, platform, application, id, token, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET token = excluded.token, body = excluded.body`,
    ...keyOf(endpoint),
    endpoint.id,
    endpoint.token,
    JSON.stringify(endpoint),
  );
}

/** Forgets an endpoint. */
export async function deleteEndpointRow(tx: Transaction, id: string): Promise<void> {
  await tx.run('DELETE FROM sns_endpoints WHERE id = $1', id);
}

/** An application's endpoints, in the order of their ids. */
export async function endpointsOf(
  queries: Queries,
  address: ApplicationAddress,
): Promise<PlatformEndpoint[]> {
  const rows = await queries.all<Row>(
    `SELECT body FROM sns_endpoints WHERE ${OF_APPLICATION} ORDER BY id`,
    ...keyOf(address),
  );
  return rows.map(({ body }) => JSON.parse(body) as PlatformEndpoint);
}

/** What an account has set for text messages in a Region. */
export async function findSmsSettings<Settings>(
  queries: Queries,
  { accountId, region }: Place,
): Promise<Settings | undefined> {
  const row = await queries.get<Row>(
    'SELECT body FROM sns_sms_settings WHERE account_id = $1 AND region = $2',
    accountId,
    region,
  );
  // What saveSmsSettings has stored.
  return row && (JSON.parse(row.body) as Settings);
}

/** Replaces what is set for text messages. */
export async function saveSmsSettings(
  tx: Transaction,
  { accountId, region }: Place,
  settings: object,
): Promise<void> {
  await tx.run(
    `INSERT INTO sns_sms_settings (account_id, region, body) VALUES ($1, $2, $3)
     ON CONFLICT (account_id, region) DO UPDATE SET body = excluded.body`,
    accountId,
    region,
    JSON.stringify(settings),
  );
}
