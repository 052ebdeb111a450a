import type { AddPermissionRequest, RemovePermissionRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { invalidValue, missingParameter, overLimit } from '../errors.ts';
import { PERMISSION_ACTIONS_MAX } from '../limits.ts';
import { queueArn, type Queue } from '../model.ts';
import { requireQueue } from '../queue-url.ts';
import { updateQueue } from '../store-queues.ts';

interface Policy {
  readonly Version: string;
  readonly Id: string;
  readonly Statement: readonly { readonly Sid?: string }[];
}

/** Adds a statement to the queue's policy; texts as recorded in `test_sqs_permission_lifecycle`. */
export function addPermission({
  database,
}: SqsDependencies): Operation<AddPermissionRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      checkPermission(input);
      const policy = policyOf(queue);
      if (policy.Statement.some(({ Sid }) => Sid === input.Label)) {
        throw invalidValue(input.Label, 'Label', 'Already exists.');
      }
      const principals = input.AWSAccountIds.map((id) => `arn:aws:iam::${id}:root`);
      const actions = input.Actions.map((action) => `SQS:${action}`);
      const statement = {
        Sid: input.Label,
        Effect: 'Allow',
        Principal: { AWS: principals.length === 1 ? principals[0] : principals },
        Action: actions.length === 1 ? actions[0] : actions,
        Resource: queueArn(queue),
      };
      const changed = { ...policy, Statement: [...policy.Statement, statement] };
      await updateQueue(tx, withPolicy(queue, changed));
    });
}

/** What a statement may allow; the operations in batches go with their single ones. */
const ACTIONS: readonly string[] = [
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
];

function checkPermission({
  AWSAccountIds: accounts,
  Actions: actions,
}: AddPermissionRequest): void {
  if (actions.length === 0) throw missingParameter('Actions');
  if (accounts.length === 0 || !accounts.every((id) => /^\d{12}$/.test(id))) {
    throw invalidValue(`[${accounts.join(', ')}]`, 'PrincipalId', 'Unable to verify.');
  }
  if (actions.length > PERMISSION_ACTIONS_MAX) {
    throw overLimit(
      `${actions.length} Actions were found, maximum allowed is ${PERMISSION_ACTIONS_MAX}.`,
    );
  }
  const unknown = actions.find((action) => !ACTIONS.includes(action));
  if (unknown === undefined) return;
  const reason = 'Please refer to the appropriate WSDL for a list of valid actions. ';
  throw invalidValue(`SQS:${unknown}`, 'ActionName', reason);
}

/** Takes a statement out of the queue's policy. */
export function removePermission({
  database,
}: SqsDependencies): Operation<RemovePermissionRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      const policy = policyOf(queue);
      const kept = policy.Statement.filter(({ Sid }) => Sid !== input.Label);
      if (kept.length === policy.Statement.length) {
        throw invalidValue(input.Label, 'Label', "can't find label.");
      }
      await updateQueue(tx, withPolicy(queue, { ...policy, Statement: kept }));
    });
}

function policyOf(queue: Queue): Policy {
  const text = queue.attributes['Policy'];
  const id = `${queueArn(queue)}/SQSDefaultPolicy`;
  if (text === undefined) return { Version: '2008-10-17', Id: id, Statement: [] };
  // Checked to be JSON when it was set; a policy has statements, or one.
  const policy = JSON.parse(text) as Partial<Policy>;
  const statements = policy.Statement ?? [];
  return {
    Version: policy.Version ?? '2008-10-17',
    Id: policy.Id ?? id,
    Statement: Array.isArray(statements) ? statements : [statements],
  };
}

function withPolicy(queue: Queue, policy: Policy): Queue {
  const { Policy: _, ...others } = queue.attributes;
  const isEmpty = policy.Statement.length === 0;
  return {
    ...queue,
    attributes: isEmpty ? others : { ...others, Policy: JSON.stringify(policy) },
  };
}
