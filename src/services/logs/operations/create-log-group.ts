import type { CreateLogGroupRequest } from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { logGroupExists } from '../errors.ts';
import { findGroup, insertGroup, nextNumber } from '../store-groups.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function createLogGroup({
  database,
  clock,
}: LogsDependencies): Operation<CreateLogGroupRequest, void> {
  return ({ accountId, region }, input) =>
    database.transact(async (tx) => {
      const name = input.logGroupName;
      if (await findGroup(tx, { accountId, region }, name)) throw logGroupExists();
      await insertGroup(tx, {
        groupId: await nextNumber(tx, 'group'),
        accountId,
        region,
        name,
        createdAtMs: Math.floor(clock.now()),
        class: input.logGroupClass ?? 'STANDARD',
        isProtected: input.deletionProtectionEnabled ?? false,
        tags: input.tags ?? {},
        ...(input.kmsKeyId === undefined ? {} : { kmsKeyId: input.kmsKeyId }),
      });
    });
}
