import { definePermissions, textOf } from '#aws/access/index.ts';
import type { Call, Need, Permissions } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { queueArn } from './model.ts';
import { addressOf } from './queue-url.ts';
import { queueOfArn } from './store-queues.ts';

/**
 * Batches need what their single operations need; the action is written in lower case, as recorded by users of AWS.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 */
export const SQS_PERMISSIONS: Permissions = definePermissions({
  prefix: 'sqs',
  actions: {
    ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
    DeleteMessageBatch: 'DeleteMessage',
    SendMessageBatch: 'SendMessage',
  },
  resourcesOf: resourceOf,
  moreOf: (call) => moreOf(call),
  refusal: { code: 'AccessDenied', status: 403, nameAction: (action) => action.toLowerCase() },
});

function resourceOf({ input, context }: Call): string | undefined {
  const url = textOf(input, 'QueueUrl');
  if (url !== undefined) return queueArn(addressOf(context, url));
  const name = textOf(input, 'QueueName');
  const accountId = textOf(input, 'QueueOwnerAWSAccountId') ?? context.accountId;
  if (name !== undefined) return queueArn({ accountId, region: context.region, name });
  return textOf(input, 'SourceArn');
}

function moreOf({ operation, input, context }: Call): readonly Need[] {
  const name = textOf(input, 'QueueName');
  if (operation === 'CreateQueue' && input['tags'] !== undefined && name !== undefined) {
    const { accountId, region } = context;
    return [{ action: 'sqs:TagQueue', resource: queueArn({ accountId, region, name }) }];
  }
  if (operation !== 'StartMessageMoveTask') return [];
  const [source, target] = [textOf(input, 'SourceArn'), textOf(input, 'DestinationArn')];
  const taken = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
    action: `sqs:${action}`,
    resource: source ?? '*',
  }));
  return target === undefined ? taken : [...taken, { action: 'sqs:SendMessage', resource: target }];
}

/**
 * What no queue's policy lets other accounts do.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-limitations-of-custom-policies.html
 */
const OWNERS_ALONE: ReadonlySet<string> = new Set([
  'sqs:AddPermission',
  'sqs:CancelMessageMoveTask',
  'sqs:CreateQueue',
  'sqs:DeleteQueue',
  'sqs:ListMessageMoveTasks',
  'sqs:ListQueueTags',
  'sqs:ListQueues',
  'sqs:RemovePermission',
  'sqs:SetQueueAttributes',
  'sqs:StartMessageMoveTask',
  'sqs:TagQueue',
  'sqs:UntagQueue',
]);

/** Queues' own policies and tags. */
export const QUEUE_POLICIES: ResourcePolicies = {
  async find(queries, action, arn) {
    const queue = await queueOfArn(queries, arn);
    if (queue === undefined) return undefined;
    const { accountId, tags } = queue;
    const policy = queue.attributes['Policy'];
    const isOwnersAlone = OWNERS_ALONE.has(action);
    return { accountId, tags, isOwnersAlone, ...(policy === undefined ? {} : { policy }) };
  },
};
