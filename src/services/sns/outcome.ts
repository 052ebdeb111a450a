/**
 * Tells what became of notifications: CloudWatch, and its Logs where the topic's attributes ask for it.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
 */
import { createHash } from 'node:crypto';
import type { Transaction } from '#ports/world/database.ts';
import type { SnsDependencies } from './dependencies.ts';
import { topicArn, type Topic } from './model.ts';

/** How the attributes of a topic name protocols. */
const PREFIXES: Readonly<Record<string, string>> = {
  application: 'Application',
  firehose: 'Firehose',
  http: 'HTTP',
  https: 'HTTP',
  lambda: 'Lambda',
  sqs: 'SQS',
};

export interface Outcome {
  readonly protocol: string;
  readonly destination: string;
  readonly isDelivered: boolean;
  readonly statusCode: number;
  /** What the endpoint said. */
  readonly providerResponse: Readonly<Record<string, string>>;
  readonly message: { readonly id: string; readonly text: string; readonly publishedAtMs: number };
}

/** Counts an outcome, and writes its line once it is committed. */
export function tell(
  dependencies: SnsDependencies,
  tx: Transaction,
  topic: Topic,
  outcome: Outcome,
): void {
  const { isDelivered } = outcome;
  const metric = isDelivered ? 'NumberOfNotificationsDelivered' : 'NumberOfNotificationsFailed';
  count(dependencies, topic, metric);
  tx.afterCommit(() => logOutcome(dependencies, topic, outcome));
}

/** One count of a metric of AWS/SNS. */
export function count({ clock, metricSink }: SnsDependencies, topic: Topic, name: string): void {
  metricSink.put([
    {
      accountId: topic.accountId,
      region: topic.region,
      namespace: 'AWS/SNS',
      name,
      dimensions: { TopicName: topic.topic },
      value: 1,
      unit: 'Count',
      timestampMs: clock.now(),
    },
  ]);
}

/** Recorded: `test_delivery_lambda`. */
function logOutcome(
  { clock, random, logSink }: SnsDependencies,
  topic: Topic,
  outcome: Outcome,
): void {
  if (logSink === undefined || !isAsked(topic, outcome, random.fraction())) return;
  const nowMs = clock.now();
  const { accountId, region, topic: name } = topic;
  const { isDelivered, message } = outcome;
  const line = {
    notification: {
      messageMD5Sum: createHash('md5').update(message.text).digest('hex'),
      messageId: message.id,
      topicArn: topicArn(topic),
      timestamp: timeOf(message.publishedAtMs),
    },
    delivery: {
      deliveryId: random.uuid(),
      destination: outcome.destination,
      providerResponse: JSON.stringify(outcome.providerResponse),
      dwellTimeMs: Math.max(0, Math.round(nowMs - message.publishedAtMs)),
      statusCode: outcome.statusCode,
    },
    status: isDelivered ? 'SUCCESS' : 'FAILURE',
  };
  const logGroup = `sns/${region}/${accountId}/${name}${isDelivered ? '' : '/Failure'}`;
  const logStream = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/');
  const at = { accountId, region, logGroup, logStream };
  logSink.append(at, [{ timestampMs: nowMs, message: JSON.stringify(line) }]);
}

/** Failures are told all, successes by their sample. */
function isAsked(
  { attributes }: Topic,
  { protocol, isDelivered }: Outcome,
  fraction: number,
): boolean {
  const prefix = PREFIXES[protocol];
  const role = attributes[`${prefix}${isDelivered ? 'Success' : 'Failure'}FeedbackRoleArn`] ?? '';
  if (prefix === undefined || role === '') return false;
  const percent = Number(attributes[`${prefix}SuccessFeedbackSampleRate`] ?? 100);
  return !isDelivered || fraction * 100 < percent;
}

/** `2023-11-07 11:11:30.123`, as these logs have it. */
function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', '');
}
