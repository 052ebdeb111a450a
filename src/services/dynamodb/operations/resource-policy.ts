import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import { updateTable } from '../store/tables.ts';
import type { ResourcePolicy, Table } from '../tables/table.ts';
import type { Dynamodb } from './dependencies.ts';
import { requireTableOfArn } from './tags.ts';

/** A policy is the table's or its stream's, as the ARN says. */
type PolicyMember = 'policy' | 'streamPolicy';

function memberOf(arn: string): PolicyMember {
  return arn.includes('/stream/') ? 'streamPolicy' : 'policy';
}

function policyNotFound(detail: string): AwsError {
  return new AwsError({
    code: 'PolicyNotFoundException',
    message: `Resource-based policy not found for the provided ResourceArn: ${detail}`,
    status: 400,
  });
}

/** @throws PolicyNotFoundException where another revision stands than the caller knows */
function assertRevision(
  table: Table,
  current: ResourcePolicy | undefined,
  expected?: string,
): void {
  if (expected === undefined || expected === current?.revisionId) return;
  if (expected === 'NO_POLICY' && current === undefined) return;
  throw policyNotFound(
    `Requested update for policy with revision id ${expected}, but the policy associated to ` +
      `target table ${table.name} has revision id ${current?.revisionId ?? 'NO_POLICY'}.`,
  );
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
 */
export function putResourcePolicy(dynamodb: Dynamodb): Operations['PutResourcePolicy'] {
  return async (context, input) =>
    dynamodb.database.transact(async (tx) => {
      const table = await requireTableOfArn(dynamodb, tx, context, input.ResourceArn);
      const member = memberOf(input.ResourceArn);
      assertRevision(table, table[member], input.ExpectedRevisionId);
      const revisionId = String(dynamodb.clock.now());
      await updateTable(tx, { ...table, [member]: { policy: input.Policy, revisionId } });
      return { RevisionId: revisionId };
    });
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
 */
export function getResourcePolicy(dynamodb: Dynamodb): Operations['GetResourcePolicy'] {
  return async (context, input) =>
    dynamodb.database.read(async (queries) => {
      const table = await requireTableOfArn(dynamodb, queries, context, input.ResourceArn);
      const policy = table[memberOf(input.ResourceArn)];
      if (!policy) throw policyNotFound(input.ResourceArn);
      return { Policy: policy.policy, RevisionId: policy.revisionId };
    });
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteResourcePolicy.html
 */
export function deleteResourcePolicy(dynamodb: Dynamodb): Operations['DeleteResourcePolicy'] {
  return async (context, input) =>
    dynamodb.database.transact(async (tx) => {
      const table = await requireTableOfArn(dynamodb, tx, context, input.ResourceArn);
      const member = memberOf(input.ResourceArn);
      const current = table[member];
      assertRevision(table, current, input.ExpectedRevisionId);
      if (!current) return {};
      const { [member]: _deleted, ...rest } = table;
      await updateTable(tx, rest);
      return { RevisionId: current.revisionId };
    });
}
