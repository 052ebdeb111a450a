/**
 * The tokens of connections by OAuth, in memory alone: a server that starts asks anew.
 * I1 At most TOKENS_MAX are kept, the oldest go first. I2 One connection's token is asked for once at a time.
 */
import type { CreateConnectionAuthRequestParameters } from '#aws/models/events.types.gen.ts';
import { textOf } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { HttpClient } from '#ports/world/http-client.ts';
import { tokenRequest } from './http-request.ts';

const TOKENS_MAX = 1000;
/** Where the server of a token does not say how long it holds. */
const LIFE_MS_DEFAULT = 5 * MINUTE_MS;
/** A token that is as good as over is asked for anew. */
const SPARE_MS = 10 * SECOND_MS;

type OAuth = NonNullable<CreateConnectionAuthRequestParameters['OAuthParameters']>;

export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: string; readonly untilMs: number }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Tokens {
  /** The token of a connection as it is now; asked for where none is at hand that holds. */
  get(key: string, oauth: OAuth, signal: AbortSignal): Promise<TokenAnswer>;
  /** Drops a token that a server did not take. */
  forget(key: string): void;
}

/** @param dependencies.clock by whose monotonic time tokens end: their servers know no other clock */
export function createTokens(dependencies: {
  readonly http: HttpClient;
  readonly clock: Clock;
}): Tokens {
  const { http, clock } = dependencies;
  const answers = new Map<string, Promise<TokenAnswer>>();
  const ask = async (oauth: OAuth, signal: AbortSignal): Promise<TokenAnswer> => {
    const answer = await http.post(tokenRequest(oauth), signal);
    if (answer.kind === 'failed') return { kind: 'refused', reason: answer.reason };
    const given = parseJson(textOf(answer.body ?? new Uint8Array()));
    const { access_token: token, expires_in: seconds } = isObject(given) ? given : {};
    if (answer.status >= 300 || typeof token !== 'string') {
      return { kind: 'refused', reason: `the endpoint answered ${answer.status} without a token` };
    }
    const lifeMs = Number(seconds) > 0 ? Number(seconds) * SECOND_MS : LIFE_MS_DEFAULT;
    return { kind: 'token', token, untilMs: clock.monotonicMs() + lifeMs - SPARE_MS };
  };
  return {
    get: async (key, oauth, signal) => {
      for (let known = answers.get(key); known !== undefined; known = answers.get(key)) {
        const answer = await known;
        if (answer.kind === 'refused' || answer.untilMs > clock.monotonicMs()) return answer;
        if (answers.get(key) === known) answers.delete(key);
      }
      const asked = ask(oauth, signal);
      answers.set(key, asked);
      const [oldest] = answers.keys();
      if (answers.size > TOKENS_MAX && oldest !== undefined) answers.delete(oldest);
      try {
        const answer = await asked;
        if (answer.kind === 'refused') answers.delete(key);
        return answer;
      } catch (error) {
        answers.delete(key);
        throw error;
      }
    },
    forget: (key) => void answers.delete(key),
  };
}
