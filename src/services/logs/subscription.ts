/** What subscription filters hand on: events in AWS's envelope, compressed. */
import { gzipSync } from 'node:zlib';
import { parseArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { LogGroup } from './model.ts';
import { logGroupArn } from './model.ts';

/** What is stored of a subscription filter beside its name and pattern. */
export interface SubscriptionSettings {
  readonly destinationArn: string;
  readonly roleArn?: string;
  readonly distribution: string;
  /** Where a destination of CloudWatch Logs leads; else the destination itself. */
  readonly targetArn: string;
}

export interface SubscribedEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

export interface SubscribedEvents {
  readonly group: LogGroup;
  readonly streamName: string;
  readonly filterName: string;
  readonly events: readonly SubscribedEvent[];
}

/**
 * The delivery of events: for Lambda `{"awslogs":{"data":BASE64}}`, for a stream the compressed bytes.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export function subscriptionDelivery(
  settings: SubscriptionSettings,
  subscribed: SubscribedEvents,
): Delivery {
  const { group, streamName, filterName, events } = subscribed;
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: group.accountId,
    logGroup: group.name,
    logStream: streamName,
    subscriptionFilters: [filterName],
    logEvents: events,
  };
  const data = gzipSync(utf8(JSON.stringify(message)));
  const isLambda = parseArn(settings.targetArn)?.service === 'lambda';
  return {
    ...subscriptionTarget(settings, group),
    payload: isLambda ? utf8(JSON.stringify({ awslogs: { data: data.toString('base64') } })) : data,
    options: {
      partitionKey: settings.distribution === 'Random' ? (events[0]?.id ?? '') : streamName,
    },
  };
}

/** Who delivers to whom, as the target's policy sees it. */
export function subscriptionTarget(
  { targetArn, roleArn }: Pick<SubscriptionSettings, 'targetArn' | 'roleArn'>,
  group: LogGroup,
): Omit<Delivery, 'payload' | 'options'> {
  return {
    targetArn,
    sourceArn: `${logGroupArn(group, group.name)}:*`,
    sourceService: 'logs.amazonaws.com',
    sourceAccountId: group.accountId,
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

/** What a Kinesis stream gets when a filter is put on it. */
export function controlMessage(nowMs: number): Uint8Array {
  const message = {
    messageType: 'CONTROL_MESSAGE',
    owner: 'CloudwatchLogs',
    logGroup: '',
    logStream: '',
    subscriptionFilters: [],
    logEvents: [
      {
        id: '',
        timestamp: nowMs,
        message: 'CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.',
      },
    ],
  };
  return gzipSync(utf8(JSON.stringify(message)));
}
