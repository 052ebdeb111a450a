/** The operations on resource policies; they are kept and told, and not evaluated yet. */
import type {
  DeleteResourcePolicyRequest,
  DescribeResourcePoliciesRequest,
  DescribeResourcePoliciesResponse,
  PutResourcePolicyRequest,
  PutResourcePolicyResponse,
  ResourcePolicy,
} from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidParameter, limitExceeded, noResourcePolicy } from '../errors.ts';
import { RESOURCE_POLICIES_MAX } from '../limits.ts';
import { pageByName } from '../paging.ts';
import { deleteSetting, listSettings, putSetting } from '../store-filters.ts';
import type { StoredSetting } from '../store-filters.ts';

/** What is stored of a policy beside its name. */
export interface PolicySettings {
  readonly policyDocument: string;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html */
export function putResourcePolicy({
  database,
  clock,
}: LogsDependencies): Operation<PutResourcePolicyRequest, PutResourcePolicyResponse> {
  return (context, input) => {
    const { policyName: name, policyDocument } = input;
    if (name === undefined || policyDocument === undefined) {
      throw invalidParameter('Policy name and policy document must be specified.');
    }
    if (!isObject(parseJson(policyDocument)))
      throw invalidParameter('The policy document is not valid JSON.');
    return database.transact(async (tx) => {
      const policies = await listSettings<PolicySettings>(tx, context, 'resource-policy');
      const others = policies.filter((policy) => policy.name !== name);
      if (others.length >= RESOURCE_POLICIES_MAX) throw limitExceeded();
      const policy = { name, changedAtMs: Math.floor(clock.now()), settings: { policyDocument } };
      await putSetting(tx, context, 'resource-policy', policy);
      return { resourcePolicy: describe(policy) };
    });
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html */
export function describeResourcePolicies({
  database,
}: LogsDependencies): Operation<DescribeResourcePoliciesRequest, DescribeResourcePoliciesResponse> {
  return (context, input) =>
    database.read(async (queries) => {
      const policies = await listSettings<PolicySettings>(queries, context, 'resource-policy');
      const { page, nextToken } = pageByName(policies, ({ name }) => name, input);
      return {
        resourcePolicies: page.map(describe),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy({
  database,
}: LogsDependencies): Operation<DeleteResourcePolicyRequest, void> {
  return (context, { policyName: name = '' }) =>
    database.transact(async (tx) => {
      if (!(await deleteSetting(tx, context, 'resource-policy', name)))
        throw noResourcePolicy(name);
    });
}

function describe({ name, changedAtMs, settings }: StoredSetting<PolicySettings>): ResourcePolicy {
  return {
    policyName: name,
    policyDocument: settings.policyDocument,
    lastUpdatedTime: changedAtMs,
    policyScope: 'ACCOUNT',
  };
}
