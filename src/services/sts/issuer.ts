/**
 * Credentials of functions' roles.
 * I1 What is given out lasts at least as long as it was asked for.
 * I2 The credentials of a role and session name are given again while I1 holds for them, so that a warm
 *    function's new environments cost no write; nobody may tell one environment from another by them.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import { parseArn } from '#kernel/arn.ts';
import { uniqueId } from '#kernel/credential-ids.ts';
import type { CredentialIssuer, Credentials, Principal } from '#ports/peers/credential-issuer.ts';
import { makeSessionCredentials } from './credentials.ts';
import type { StsDependencies } from './dependencies.ts';
import { invalidRoleArn } from './errors.ts';
import { REMEMBERED_MAX } from './limits.ts';
import { assumedRole } from './model.ts';
import { insertSession } from './store.ts';

/** How much longer than asked credentials last, so that they can be given again. */
const SPARE = 0.5;

/** Issues credentials of roles; a role that IAM does not know is taken by its ARN. */
export function createIssuer(dependencies: StsDependencies): CredentialIssuer {
  const { clock, database, random } = dependencies;
  const given = new BoundedMap<Required<Credentials>>(REMEMBERED_MAX);

  return {
    async issue({ roleArn, sessionName, durationMs }) {
      const name = `${roleArn} ${sessionName}`;
      const nowMs = clock.now();
      const again = given.get(name);
      if (again !== undefined && again.expiresAtMs >= nowMs + durationMs) return again;
      const principal = await principalOf(dependencies, roleArn, sessionName);
      const session = { ...principal.session, issuedAtMs: nowMs };
      const expiresAtMs = nowMs + Math.ceil(durationMs * (1 + SPARE));
      const credentials = makeSessionCredentials(random, principal.accountId, expiresAtMs);
      await database.transact((tx) =>
        insertSession(tx, { credentials, principal: { ...principal, session } }),
      );
      given.set(name, credentials);
      return credentials;
    },
  };
}

async function principalOf(
  { roles, random }: StsDependencies,
  roleArn: string,
  sessionName: string,
): Promise<Principal> {
  const known = await roles.find(roleArn);
  if (known !== undefined) return assumedRole(known, sessionName);
  const { accountId, resource } = parseArn(roleArn) ?? { accountId: '', resource: '' };
  const roleName = resource.slice(resource.lastIndexOf('/') + 1);
  if (!/^\d{12}$/.test(accountId) || !resource.startsWith('role/')) throw invalidRoleArn(roleArn);
  return assumedRole(
    { accountId, arn: roleArn, roleName, roleId: uniqueId('AROA', random.bytes(11)) },
    sessionName,
  );
}
