/** Queues and topics that a template implies: where events go that nobody could handle, and where results do. */
import type { Json, JsonObject } from '#kernel/json.ts';
import { isObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import { add, attribute, invalid, objectOf, ref, type Target } from './parts.ts';

const VERSION = '2012-10-17';
const SQS_SEND = ['sqs:SendMessage'];

/** What a role may do for each kind of destination. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  EventBridge: ['events:PutEvents'],
  Lambda: ['lambda:InvokeFunction'],
  SNS: ['sns:publish'],
  SQS: SQS_SEND,
};

/** An inline policy by which a role may send to a destination; none of kinds that ask for no more. */
export function sendPolicies(name: string, { Type: type, ...end }: JsonObject): JsonObject[] {
  const kind = toText(type);
  const actions = Object.hasOwn(ACTIONS, kind) ? ACTIONS[kind] : undefined;
  const arn = end['Destination'] ?? end['TargetArn'] ?? end['Arn'];
  if (actions === undefined || arn === undefined) return [];
  const Statement = [{ Effect: 'Allow', Action: actions, Resource: arn }];
  return [{ PolicyName: name, PolicyDocument: { Version: VERSION, Statement } }];
}

/** A destination with an address: one that only says its type is made. @param name `OnFailure` */
export function destinationOf(
  target: Target,
  { id, name, from }: { readonly id: string; readonly name: string; readonly from: JsonObject },
  given: JsonObject,
): JsonObject {
  const { Type: type } = given;
  if (given['Destination'] !== undefined) return given;
  const [word, made] =
    type === 'SQS'
      ? (['Queue', 'AWS::SQS::Queue'] as const)
      : type === 'SNS'
        ? (['Topic', 'AWS::SNS::Topic'] as const)
        : invalid(id, 'Destination is required if Type is not SQS or SNS.');
  const madeId = `${id}EventInvokeConfig${name}${word}`;
  add(target, madeId, made, { from, properties: {} });
  target.generated.set(`${id}.Destination${word}`, madeId);
  return { ...given, Destination: word === 'Queue' ? attribute(madeId, 'Arn') : ref(madeId) };
}

interface DeadLetterPlace {
  /** Of the event's resource. */
  readonly id: string;
  readonly functionId: string;
  readonly from: JsonObject;
  /** A service that sends by the queue's policy, not by a role. */
  readonly sender?: string;
}

/** The ARN of the queue for events that could not be delivered; the queue is made where there is none. */
export function deadLetterArn(
  target: Target,
  { id, functionId, from, sender }: DeadLetterPlace,
  given: Json | undefined,
): Json | undefined {
  if (given === undefined) return undefined;
  const { Arn: arn, Type: type, QueueLogicalId: own } = objectOf(given);
  if (arn !== undefined) return arn;
  if (type !== 'SQS') invalid(functionId, 'The DeadLetterConfig needs an Arn, or the Type SQS.');
  const queueId = typeof own === 'string' ? own : `${id}Queue`;
  add(target, queueId, 'AWS::SQS::Queue', { from, properties: {} });
  if (sender !== undefined) addQueuePolicy(target, { id, queueId, from, sender });
  return attribute(queueId, 'Arn');
}

interface QueuePolicy {
  readonly id: string;
  readonly queueId: string;
  readonly from: JsonObject;
  readonly sender: string;
}

function addQueuePolicy(target: Target, { id, queueId, from, sender }: QueuePolicy): void {
  const queueArn = attribute(queueId, 'Arn');
  const source = attribute(id, 'Arn');
  const PolicyDocument = sendersPolicy(sender, queueArn, source);
  add(target, `${id}QueuePolicy`, 'AWS::SQS::QueuePolicy', {
    from,
    properties: { Queues: [ref(queueId)], PolicyDocument },
  });
}

function sendersPolicy(sender: string, Resource: Json, source: Json): JsonObject {
  const statement = {
    Action: 'sqs:SendMessage',
    Effect: 'Allow',
    Principal: sender === 'sns.amazonaws.com' ? '*' : { Service: [sender] },
    Resource,
    Condition: { ArnEquals: { 'aws:SourceArn': source } },
  };
  return { Version: VERSION, Statement: [statement] };
}

/** A queue between a topic and a function: the template's, or one that is made. */
export function addTopicQueue(
  target: Target,
  { id, from }: { readonly id: string; readonly from: JsonObject },
  { topic, given }: { readonly topic: Json; readonly given: Json },
): { readonly queueArn: Json; readonly settings: JsonObject } {
  const settings = isObject(given) ? given : {};
  const { QueueArn: arn, QueueUrl: url, QueuePolicyLogicalId: policyId } = settings;
  const queueId = `${id}Queue`;
  if (arn === undefined) add(target, queueId, 'AWS::SQS::Queue', { from, properties: {} });
  const queueArn = arn ?? attribute(queueId, 'Arn');
  add(
    target,
    typeof policyId === 'string' ? policyId : `${id}QueuePolicy`,
    'AWS::SQS::QueuePolicy',
    {
      from,
      properties: {
        Queues: [url ?? ref(queueId)],
        PolicyDocument: sendersPolicy('sns.amazonaws.com', queueArn, topic),
      },
    },
  );
  return { queueArn, settings };
}
