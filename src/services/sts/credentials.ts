/**
 * Who holds which access key: root, users and sessions.
 * Owns a bounded memory of what it found.
 * I1 A key that this server took back is not found again, whatever is remembered: `forget`.
 * I2 A key that another server took back is not found after REMEMBERED_MS.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import { accessKeyId, secretAccessKey } from '#kernel/credential-ids.ts';
import type {
  CredentialLookup,
  Credentials,
  FoundCredential,
  KnownCredential,
} from '#ports/peers/credential-issuer.ts';
import type { Random } from '#ports/world/random.ts';
import type { StsDependencies } from './dependencies.ts';
import { REMEMBERED_MAX, REMEMBERED_MS } from './limits.ts';
import { findRoot, findSession } from './store.ts';

/** Random bytes in a session token. */
const TOKEN_BYTES = 192;

export interface Credentialry extends CredentialLookup {
  /** Looks an access key up anew the next time. */
  forget(accessKeyId: string): void;
}

/** A lookup over all kinds of credentials. */
export function createCredentialLookup(dependencies: StsDependencies): Credentialry {
  const { database, clock, users } = dependencies;
  const remembered = new BoundedMap<{
    readonly known: KnownCredential;
    readonly untilMs: number;
  }>(REMEMBERED_MAX);

  async function look(id: string): Promise<FoundCredential> {
    const own = await database.read(
      async (queries) => (await findRoot(queries, id)) ?? (await findSession(queries, id)),
    );
    const known = own ?? (await users.find(id));
    if (known === undefined) return undefined;
    remembered.set(id, { known, untilMs: clock.monotonicMs() + REMEMBERED_MS });
    return known;
  }

  return {
    find(id) {
      const entry = remembered.get(id);
      if (entry !== undefined && clock.monotonicMs() < entry.untilMs) return entry.known;
      remembered.delete(id);
      return look(id);
    },
    forget(id) {
      remembered.delete(id);
    },
  };
}

/** New lasting credentials. */
export function makeCredentials(random: Random, accountId: string): Credentials {
  return {
    accessKeyId: accessKeyId('AKIA', accountId, random.bytes(10)),
    secretAccessKey: secretAccessKey(random.bytes(30)),
  };
}

/** New temporary credentials. */
export function makeSessionCredentials(
  random: Random,
  accountId: string,
  expiresAtMs: number,
): Required<Credentials> {
  return {
    accessKeyId: accessKeyId('ASIA', accountId, random.bytes(10)),
    secretAccessKey: secretAccessKey(random.bytes(30)),
    sessionToken: Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64'),
    expiresAtMs,
  };
}
