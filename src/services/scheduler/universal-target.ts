/**
 * Universal targets: a schedule that calls an operation of another service, with its target's input. Those that hand
 * something over are deliveries; others cannot be called from here.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
import { formatArn, parseArn } from '#kernel/arn.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { DeliveryAttribute, DeliveryOptions } from '#ports/peers/deliverer.ts';
import type { Place } from './model.ts';

/** One thing to hand over. */
export interface Handover {
  readonly targetArn: string;
  readonly payload: string;
  readonly options: DeliveryOptions;
}

/** What an input asks for; `undefined` where it lacks what the operation needs. */
type Translate = (input: Input, place: Place, nowIso: string) => readonly Handover[] | undefined;

interface Operation {
  /** Members that the operation may have here. */
  readonly members: readonly string[];
  readonly translate: Translate;
}

type Input = Readonly<Record<string, unknown>>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'sqs:sendMessage': {
    members: [
      'QueueUrl',
      'MessageBody',
      'MessageGroupId',
      'MessageDeduplicationId',
      'MessageAttributes',
    ],
    translate: ({ QueueUrl, MessageBody, ...more }, { region }) => {
      const [, account, name] = /\/(\d{12})\/([\w.-]+)$/.exec(textOr(QueueUrl)) ?? [];
      if (account === undefined || name === undefined || typeof MessageBody !== 'string') {
        return undefined;
      }
      const targetArn = formatArn('sqs', region, account, name);
      return [{ targetArn, payload: MessageBody, options: messageOptions(more) }];
    },
  },
  'sns:publish': {
    members: [
      'TopicArn',
      'Message',
      'Subject',
      'MessageGroupId',
      'MessageDeduplicationId',
      'MessageAttributes',
    ],
    translate: ({ TopicArn, Message, Subject, ...more }) => {
      if (typeof TopicArn !== 'string' || typeof Message !== 'string') return undefined;
      const subject = typeof Subject === 'string' ? { subject: Subject } : {};
      const options = { ...messageOptions(more), ...subject };
      return [{ targetArn: TopicArn, payload: Message, options }];
    },
  },
  'lambda:invoke': {
    members: ['FunctionName', 'InvocationType', 'Payload', 'Qualifier'],
    translate: ({ FunctionName, Payload = '{}', Qualifier }, { accountId, region }) => {
      if (typeof FunctionName !== 'string') return undefined;
      const arn = FunctionName.startsWith('arn:')
        ? FunctionName
        : formatArn('lambda', region, accountId, `function:${FunctionName}`);
      const targetArn = typeof Qualifier === 'string' ? `${arn}:${Qualifier}` : arn;
      const payload = typeof Payload === 'string' ? Payload : JSON.stringify(Payload);
      return [{ targetArn, payload, options: {} }];
    },
  },
  'kinesis:putRecord': {
    members: ['StreamName', 'StreamARN', 'PartitionKey', 'Data'],
    translate: ({ StreamName, StreamARN, PartitionKey, Data }, { accountId, region }) => {
      const named = formatArn('kinesis', region, accountId, `stream/${textOr(StreamName)}`);
      const targetArn = typeof StreamARN === 'string' ? StreamARN : named;
      if (typeof PartitionKey !== 'string' || typeof Data !== 'string') return undefined;
      return [{ targetArn, payload: Data, options: { partitionKey: PartitionKey } }];
    },
  },
  'eventbridge:putEvents': {
    members: ['Entries'],
    translate: ({ Entries }, place, time) => {
      if (!Array.isArray(Entries) || Entries.length === 0) return undefined;
      const handovers = Entries.map((entry) => eventOf(entry, place, time));
      return handovers.every((one) => one !== undefined) ? handovers : undefined;
    },
  },
};

/** The names of the operations that can be called: `sqs:sendMessage`. */
export const UNIVERSAL_OPERATIONS: readonly string[] = Object.keys(OPERATIONS);

/** The operation of `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`; `undefined` for the ARN of a resource. */
export function universalOperation(targetArn: string): string | undefined {
  const arn = parseArn(targetArn);
  if (arn?.service !== 'scheduler' || !arn.resource.startsWith('aws-sdk:')) return undefined;
  return arn.resource.slice('aws-sdk:'.length);
}

/**
 * What a call comes to, a time given as `2026-01-01T00:00:00Z`; `undefined` where the operation cannot be called, or
 * its input is not what it takes.
 */
export function handoversOf(
  operation: string,
  text: string,
  place: Place,
  time: string,
): readonly Handover[] | undefined {
  const known = OPERATIONS[operation];
  const input = parseJson(text);
  if (known === undefined || !isObject(input)) return undefined;
  const isKnown = Object.keys(input).every((name) => known.members.includes(name));
  return isKnown ? known.translate(input, place, time) : undefined;
}

function eventOf(entry: unknown, { accountId, region }: Place, time: string): Handover | undefined {
  if (!isObject(entry)) return undefined;
  const { Source, DetailType, Detail, Resources = [], EventBusName = 'default' } = entry;
  const detail = parseJson(textOr(Detail));
  if (typeof Source !== 'string' || typeof DetailType !== 'string' || !isObject(detail)) {
    return undefined;
  }
  const bus = textOr(EventBusName);
  const named = formatArn('events', region, accountId, `event-bus/${bus}`);
  const targetArn = bus.startsWith('arn:') ? bus : named;
  const head = { 'detail-type': DetailType, source: Source, account: accountId, time, region };
  const payload = JSON.stringify({ ...head, resources: Resources, detail });
  return { targetArn, payload, options: {} };
}

function messageOptions(input: Input): DeliveryOptions {
  const { MessageGroupId, MessageDeduplicationId, MessageAttributes } = input;
  const attributes: Record<string, DeliveryAttribute> = {};
  for (const [name, value] of Object.entries(
    isObject(MessageAttributes) ? MessageAttributes : {},
  )) {
    if (!isObject(value)) continue;
    attributes[name] = { type: textOr(value['DataType']), value: textOr(value['StringValue']) };
  }
  return {
    ...(typeof MessageGroupId === 'string' ? { messageGroupId: MessageGroupId } : {}),
    ...(typeof MessageDeduplicationId === 'string'
      ? { deduplicationId: MessageDeduplicationId }
      : {}),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
