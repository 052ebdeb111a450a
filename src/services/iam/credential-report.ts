/** The report on users and their credentials. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
import { utf8 } from '#kernel/bytes.ts';
import type { Queries } from '#ports/world/database.ts';
import { arnOf } from './model.ts';
import type { Entity } from './model.ts';
import { listAccessKeyRows } from './store-access-keys.ts';
import { findDocument, listDocuments } from './store-documents.ts';
import { listEntities } from './store-entities.ts';

const COLUMNS = [
  'user arn user_creation_time password_enabled password_last_used password_last_changed',
  'password_next_rotation mfa_active access_key_1_active access_key_1_last_rotated',
  'access_key_1_last_used_date access_key_1_last_used_region access_key_1_last_used_service',
  'access_key_2_active access_key_2_last_rotated access_key_2_last_used_date',
  'access_key_2_last_used_region access_key_2_last_used_service cert_1_active',
  'cert_1_last_rotated cert_2_active cert_2_last_rotated',
].flatMap((line) => line.split(' '));

/** CSV: a line for the names of columns, one for each user. */
export async function credentialReport(queries: Queries, accountId: string): Promise<Uint8Array> {
  const users = await listEntities(queries, accountId, 'user', '/');
  const lines = [COLUMNS.join(',')];
  for (const user of users) lines.push(await lineOf(queries, user));
  return utf8(lines.join('\n'));
}

async function lineOf(queries: Queries, user: Entity): Promise<string> {
  const { accountId, name } = user;
  const profile = await findDocument(queries, accountId, 'login-profile', name);
  const devices = await listDocuments(queries, accountId, 'mfa-device', name);
  const keys = await listAccessKeyRows(queries, user);
  const certificates = await listDocuments(queries, accountId, 'signing-certificate', name);
  const credential = (one: { isActive: boolean; createdAtMs: number } | undefined): string[] =>
    one === undefined ? ['false', 'N/A'] : [String(one.isActive), isoTime(one.createdAtMs)];
  const key = (index: number): string[] => [...credential(keys[index]), 'N/A', 'N/A', 'N/A'];
  const hasPassword = profile !== undefined;
  return [
    name,
    arnOf(user),
    isoTime(user.createdAtMs),
    String(hasPassword),
    hasPassword ? 'no_information' : 'N/A',
    hasPassword ? isoTime(profile.createdAtMs) : 'N/A',
    'N/A',
    String(devices.length > 0),
    ...key(0),
    ...key(1),
    ...credential(certificates[0]),
    ...credential(certificates[1]),
  ].join(',');
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+00:00');
}
