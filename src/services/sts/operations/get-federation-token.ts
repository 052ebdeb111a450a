import { SECOND_MS } from '#kernel/units.ts';
import type {
  GetFederationTokenRequest,
  GetFederationTokenResponse,
} from '#aws/models/sts.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { isRoot } from '#ports/peers/requester.ts';
import { makeSessionCredentials } from '../credentials.ts';
import type { StsDependencies } from '../dependencies.ts';
import { describeCredentials } from '../describe-credentials.ts';
import { sessionMayNot } from '../errors.ts';
import { ROOT_TOKEN_SECONDS_MAX, TOKEN_SECONDS_DEFAULT } from '../limits.ts';
import { checkSessionPolicy } from '../session-policy.ts';
import { insertSession } from '../store.ts';

/** Temporary credentials under a name. Recorded in 2024: sts `test_get_federation_token`. */
export function getFederationToken({
  clock,
  database,
  random,
}: StsDependencies): Operation<GetFederationTokenRequest, GetFederationTokenResponse> {
  return async ({ principal }, input) => {
    const { Name, DurationSeconds = TOKEN_SECONDS_DEFAULT, Policy, PolicyArns } = input;
    if (principal.session !== undefined) throw sessionMayNot('GetFederationToken');
    checkSessionPolicy(Policy);
    const { accountId } = principal;
    const secondsMax = isRoot(principal) ? ROOT_TOKEN_SECONDS_MAX : DurationSeconds;
    const issuedAtMs = clock.now();
    const arn = `arn:aws:sts::${accountId}:federated-user/${Name}`;
    const userId = `${accountId}:${Name}`;
    // Without a policy a federated user may do only what others' policies let them.
    const session = {
      issuerArn: principal.arn,
      policies: Policy === undefined ? [] : [Policy],
      policyArns: PolicyArns?.flatMap(({ arn: one }) => one ?? []) ?? [],
      issuedAtMs,
    };
    const expiresAtMs = issuedAtMs + Math.min(DurationSeconds, secondsMax) * SECOND_MS;
    const credentials = makeSessionCredentials(random, accountId, expiresAtMs);
    await database.transact((tx) =>
      insertSession(tx, {
        credentials,
        principal: { accountId, arn, userId, session },
      }),
    );
    return {
      Credentials: describeCredentials(credentials),
      FederatedUser: { FederatedUserId: userId, Arn: arn },
      PackedPolicySize: 0,
    };
  };
}
