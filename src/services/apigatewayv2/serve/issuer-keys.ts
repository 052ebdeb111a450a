/**
 * The keys of issuers of tokens, as their servers tell them.
 * I1 Keys are believed for two hours, and asked for again when a token names one that is not there, at most once in
 *    ten seconds; where an issuer does not answer then, those before stay. I2 The number of issuers that are remembered is bounded; requests for one issuer are one request.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { textOf } from '#kernel/bytes.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { HttpClient } from '#ports/world/http-client.ts';
import { ISSUER_BYTES_MAX, ISSUER_KEYS_AGE_MS_MAX, ISSUER_TIMEOUT_MS } from '../limits.ts';
import type { Claims } from './jwt.ts';

const ISSUERS_MAX = 200;
const AGAIN_MS_MIN = 10 * SECOND_MS;

interface Known {
  readonly keys: Promise<readonly Claims[]>;
  readonly askedAtMs: number;
}

export interface IssuerKeys {
  /** An issuer's keys; none where it does not tell them. @param keyId one that has to be among them */
  find(issuer: string, keyId: string | undefined): Promise<readonly Claims[]>;
}

/** Keys that are fetched when they are needed. */
export function createIssuerKeys(dependencies: {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}): IssuerKeys {
  const { http, clock } = dependencies;
  const issuers = new BoundedMap<Known>(ISSUERS_MAX);

  function ask(issuer: string): Promise<readonly Claims[]> {
    const before = issuers.get(issuer)?.keys ?? Promise.resolve([]);
    const keys = fetchKeys(http, issuer).then((found) => found ?? before);
    issuers.set(issuer, { keys, askedAtMs: clock.monotonicMs() });
    return keys;
  }

  return {
    async find(issuer, keyId) {
      const known = issuers.get(issuer);
      const ageMs = known === undefined ? Infinity : clock.monotonicMs() - known.askedAtMs;
      if (known === undefined || ageMs > ISSUER_KEYS_AGE_MS_MAX) return ask(issuer);
      const keys = await known.keys;
      const isThere = keyId === undefined ? keys.length > 0 : keys.some(({ kid }) => kid === keyId);
      return isThere || ageMs < AGAIN_MS_MIN ? keys : ask(issuer);
    },
  };
}

/** `undefined` where the issuer does not tell them. */
async function fetchKeys(http: HttpClient, issuer: string): Promise<readonly Claims[] | undefined> {
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
  const configuration = await fetchJson(http, `${base}/.well-known/openid-configuration`);
  const uri = configuration?.['jwks_uri'];
  if (typeof uri !== 'string' || !/^https?:\/\//.test(uri) || !URL.canParse(uri)) {
    return undefined;
  }
  const keys = (await fetchJson(http, uri))?.['keys'];
  return Array.isArray(keys) ? keys.filter(isObject) : undefined;
}

async function fetchJson(http: HttpClient, url: string): Promise<Claims | undefined> {
  const answer = await http.post(
    {
      url,
      method: 'GET',
      headers: { accept: 'application/json' },
      body: new Uint8Array(0),
      timeoutMs: ISSUER_TIMEOUT_MS,
      answerBytesMax: ISSUER_BYTES_MAX,
    },
    new AbortController().signal,
  );
  if (answer.kind === 'failed' || answer.status !== 200 || answer.body === undefined) {
    return undefined;
  }
  const value = parseJson(textOf(answer.body));
  return isObject(value) ? value : undefined;
}
