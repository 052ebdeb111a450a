/**
 * Authorization tokens: whom they are for and how long, sealed by a key that is this server's. Nothing is kept of one.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import { TOKEN_MS } from './limits.ts';
import { tokenKey } from './store.ts';

export interface Token {
  readonly token: string;
  readonly expiresAtMs: number;
}

export type OpenedToken =
  | { readonly kind: 'valid'; readonly principal: Principal }
  | { readonly kind: 'expired' | 'invalid' };

export interface TokenSealer {
  seal(principal: Principal): Promise<Token>;
  open(token: string): Promise<OpenedToken>;
}

interface Content {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

interface TokenDependencies {
  readonly database: Database;
  readonly random: Random;
  /** Which nobody moves. */
  readonly machineClock: Clock;
}

const KEY_BYTES = 32;

/** Seals and opens tokens; the key is made when the first is asked for. */
export function createTokenSealer({
  database,
  random,
  machineClock,
}: TokenDependencies): TokenSealer {
  let known: string | undefined;
  async function key(): Promise<string> {
    if (known !== undefined) return known;
    const fresh = Buffer.from(random.bytes(KEY_BYTES)).toString('base64');
    known = await database.transact((tx) => tokenKey(tx, fresh));
    return known;
  }
  return {
    async seal(principal) {
      const expiresAtMs = machineClock.now() + TOKEN_MS;
      const content: Content = { principal, expiresAtMs };
      const text = Buffer.from(JSON.stringify(content)).toString('base64url');
      return { token: `${text}.${sealOf(await key(), text)}`, expiresAtMs };
    },
    async open(token) {
      const [text = '', seal = ''] = token.split('.');
      if (!isSame(seal, sealOf(await key(), text))) return { kind: 'invalid' };
      const content = parseJson(Buffer.from(text, 'base64url').toString());
      if (!isObject(content)) return { kind: 'invalid' };
      // Sealed above.
      const { principal, expiresAtMs } = content as unknown as Content;
      if (expiresAtMs <= machineClock.now()) return { kind: 'expired' };
      return { kind: 'valid', principal };
    },
  };
}

function sealOf(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64url');
}

function isSame(given: string, computed: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(computed)];
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}
