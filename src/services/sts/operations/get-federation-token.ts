import { SECOND_MS } from '#kernel/units.ts';
import type {
  GetFederationTokenRequest,
  GetFederationTokenResponse,
} from '#aws/models/sts.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { makeSessionCredentials } from '../credentials.ts';
import type { StsDependencies } from '../dependencies.ts';
import { describeCredentials } from '../describe-credentials.ts';
import { sessionMayNot } from '../errors.ts';
import { TOKEN_SECONDS_DEFAULT } from '../limits.ts';
import { insertSession } from '../store.ts';

/** Temporary credentials under a name. Recorded in 2024: sts `test_get_federation_token`. */
export function getFederationToken({
  clock,
  database,
  random,
}: StsDependencies): Operation<GetFederationTokenRequest, GetFederationTokenResponse> {
  return async ({ principal }, input) => {
    const { Name, DurationSeconds = TOKEN_SECONDS_DEFAULT, Policy, PolicyArns } = input;
    if (principal.arn.includes(':sts:')) throw sessionMayNot('GetFederationToken');
    const { accountId } = principal;
    const arn = `arn:aws:sts::${accountId}:federated-user/${Name}`;
    const userId = `${accountId}:${Name}`;
    // Without a policy a federated user may do only what others' policies let them.
    const session = {
      issuerArn: principal.arn,
      policies: Policy === undefined ? [] : [Policy],
      policyArns: PolicyArns?.flatMap(({ arn: one }) => one ?? []) ?? [],
    };
    const expiresAtMs = clock.now() + DurationSeconds * SECOND_MS;
    const credentials = makeSessionCredentials(random, accountId, expiresAtMs);
    await database.transact((tx) =>
      insertSession(tx, {
        credentials,
        principal: { accountId, arn, userId, session },
        transitiveTags: {},
      }),
    );
    return {
      Credentials: describeCredentials(credentials),
      FederatedUser: { FederatedUserId: userId, Arn: arn },
      PackedPolicySize: 0,
    };
  };
}
