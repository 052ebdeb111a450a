/** The operations that change or delete one log group. */
import type {
  AssociateKmsKeyRequest,
  DeleteLogGroupRequest,
  DeleteRetentionPolicyRequest,
  DisassociateKmsKeyRequest,
  PutLogGroupDeletionProtectionRequest,
  PutRetentionPolicyRequest,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { deletionProtected, invalidParameter, invalidRetention } from '../errors.ts';
import { RETENTION_DAYS } from '../limits.ts';
import { groupNameOf } from '../model.ts';
import type { LogGroup } from '../model.ts';
import { deleteGroup, requireGroup, updateGroup } from '../store-groups.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export function deleteLogGroup(
  dependencies: LogsDependencies,
): Operation<DeleteLogGroupRequest, void> {
  return onGroup(dependencies, async (tx, group) => {
    if (group.isProtected) throw deletionProtected();
    await deleteGroup(tx, group.groupId);
  });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export function putRetentionPolicy(
  dependencies: LogsDependencies,
): Operation<PutRetentionPolicyRequest, void> {
  return onGroup(dependencies, async (tx, group, { retentionInDays }) => {
    if (!RETENTION_DAYS.includes(retentionInDays))
      throw invalidRetention(retentionInDays, RETENTION_DAYS);
    await updateGroup(tx, group.groupId, { retentionDays: retentionInDays });
  });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html */
export function deleteRetentionPolicy(
  dependencies: LogsDependencies,
): Operation<DeleteRetentionPolicyRequest, void> {
  return onGroup(dependencies, (tx, group) =>
    updateGroup(tx, group.groupId, { retentionDays: null }),
  );
}

/** The key is told again, and encrypts nothing. */
export function associateKmsKey(
  dependencies: LogsDependencies,
): Operation<AssociateKmsKeyRequest, void> {
  return onGroup(dependencies, (tx, group, { kmsKeyId }) =>
    updateGroup(tx, group.groupId, { kmsKeyId }),
  );
}

/** The key is no longer told. */
export function disassociateKmsKey(
  dependencies: LogsDependencies,
): Operation<DisassociateKmsKeyRequest, void> {
  return onGroup(dependencies, (tx, group) => updateGroup(tx, group.groupId, { kmsKeyId: null }));
}

/** Protects a group from deletion, or no longer. */
export function putLogGroupDeletionProtection(
  dependencies: LogsDependencies,
): Operation<PutLogGroupDeletionProtectionRequest, void> {
  return onGroup(dependencies, (tx, group, input) =>
    updateGroup(tx, group.groupId, { isProtected: input.deletionProtectionEnabled }),
  );
}

interface GroupInput {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly resourceIdentifier?: string;
}

/** An operation that finds its group, does its work, and answers nothing. */
function onGroup<Input extends GroupInput>(
  { database }: LogsDependencies,
  work: (tx: Transaction, group: LogGroup, input: Input) => Promise<void>,
): Operation<Input, void> {
  return (context: RequestContext, input) =>
    database.transact(async (tx) => {
      const identifier = input.logGroupName ?? input.logGroupIdentifier ?? input.resourceIdentifier;
      if (identifier === undefined) throw invalidParameter('A log group must be specified.');
      await work(tx, await requireGroup(tx, context, groupNameOf(identifier)), input);
    });
}
