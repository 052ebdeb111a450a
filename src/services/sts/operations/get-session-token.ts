import { SECOND_MS } from '#kernel/units.ts';
import type { GetSessionTokenRequest, GetSessionTokenResponse } from '#aws/models/sts.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { makeSessionCredentials } from '../credentials.ts';
import type { StsDependencies } from '../dependencies.ts';
import { describeCredentials } from '../describe-credentials.ts';
import { sessionMayNot } from '../errors.ts';
import { ROOT_TOKEN_SECONDS_MAX, TOKEN_SECONDS_DEFAULT } from '../limits.ts';
import { insertSession } from '../store.ts';

/** Temporary credentials of the caller. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export function getSessionToken({
  clock,
  database,
  random,
}: StsDependencies): Operation<GetSessionTokenRequest, GetSessionTokenResponse> {
  return async ({ principal }, { DurationSeconds = TOKEN_SECONDS_DEFAULT }) => {
    if (principal.session !== undefined) throw sessionMayNot('GetSessionToken');
    const isRoot = principal.arn.endsWith(':root');
    const seconds = isRoot ? Math.min(DurationSeconds, ROOT_TOKEN_SECONDS_MAX) : DurationSeconds;
    const issuedAtMs = clock.now();
    const expiresAtMs = issuedAtMs + seconds * SECOND_MS;
    const credentials = makeSessionCredentials(random, principal.accountId, expiresAtMs);
    await database.transact((tx) =>
      insertSession(tx, { credentials, principal: { ...principal, session: { issuedAtMs } } }),
    );
    return { Credentials: describeCredentials(credentials) };
  };
}
