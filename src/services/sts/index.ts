/** AWS STS: who holds which credentials, and temporary ones. */
import { sts as model } from '#aws/models/sts.gen.ts';
import type { Service } from '#aws/operation.ts';
import type {
  CredentialIssuer,
  Credentials,
  Principal,
  RootCredentials,
} from '#ports/peers/credential-issuer.ts';
import type { Schema } from '#ports/world/database.ts';
import { createCredentialLookup, makeCredentials, type Credentialry } from './credentials.ts';
import type { StsDependencies } from './dependencies.ts';
import { createIssuer } from './issuer.ts';
import { EXPIRED_KEPT_MS, SWEEP_MS } from './limits.ts';
import { rootPrincipal } from './model.ts';
import { assumeRole } from './operations/assume-role.ts';
import { getAccessKeyInfo } from './operations/get-access-key-info.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';
import { getFederationToken } from './operations/get-federation-token.ts';
import { getSessionToken } from './operations/get-session-token.ts';
import { STS_PERMISSIONS } from './permissions.ts';
import { stsSchema } from './store-schema.ts';
import { deleteExpiredSessions, keepRoot } from './store.ts';

export type { StsDependencies } from './dependencies.ts';
export type { Credentialry } from './credentials.ts';

export interface Sts {
  readonly service: Service;
  readonly schema: Schema;
  /** Root's, users' and temporary credentials, for the verification of signatures. */
  readonly credentials: Credentialry;
  /** Functions' credentials. */
  readonly issuer: CredentialIssuer;
  /** The principal of whoever holds the account's root credentials. */
  readonly root: Principal;
  /** Makes each account's root credentials at the first start, and publishes them at each; answers the first's. */
  openRoot(): Promise<Credentials>;
  /** Forgets expired credentials, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** AWS STS over a database whose schema was migrated. */
export function createSts(dependencies: StsDependencies): Sts {
  const { accountId, clock, database, furtherAccountIds, publishRoot, random } = dependencies;
  return {
    service: {
      model,
      operations: {
        AssumeRole: assumeRole(dependencies),
        GetAccessKeyInfo: getAccessKeyInfo,
        GetCallerIdentity: getCallerIdentity,
        GetFederationToken: getFederationToken(dependencies),
        GetSessionToken: getSessionToken(dependencies),
      },
      permissions: STS_PERMISSIONS,
    },
    schema: stsSchema,
    credentials: createCredentialLookup(dependencies),
    issuer: createIssuer(dependencies),
    root: rootPrincipal(accountId),
    async openRoot() {
      const further = new Set(furtherAccountIds).difference(new Set([accountId]));
      const [root, others] = await database.transact(async (tx) => {
        const keep = (id: string): Promise<Credentials> =>
          keepRoot(tx, id, makeCredentials(random, id), clock.now());
        const kept: RootCredentials[] = [];
        for (const id of further) kept.push({ accountId: id, ...(await keep(id)) });
        return [await keep(accountId), kept];
      });
      await publishRoot(root, others);
      return root;
    },
    run: (signal) => sweep(dependencies, signal),
  };
}

async function sweep({ clock, database }: StsDependencies, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await database.transact((tx) => deleteExpiredSessions(tx, clock.now() - EXPIRED_KEPT_MS));
    await clock.sleep(SWEEP_MS, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
