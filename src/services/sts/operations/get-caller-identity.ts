import type { GetCallerIdentityResponse } from '#aws/models/sts.types.gen.ts';
import type { Operation } from '#aws/operation.ts';

/** Tells who asks. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const getCallerIdentity: Operation<object, GetCallerIdentityResponse> = async ({
  principal,
}) => ({ UserId: principal.userId, Account: principal.accountId, Arn: principal.arn });
