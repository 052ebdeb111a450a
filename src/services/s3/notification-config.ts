import type {
  FilterRule,
  NotificationConfiguration,
  NotificationConfigurationFilter,
} from '#aws/models/s3.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import { invalidArgument, s3Error } from './errors.ts';
import { KEY_BYTES_MAX, NOTIFICATION_CONFIGURATIONS_MAX } from './limits.ts';

/** Where a rule's events go, in the words of the API's three lists. */
export type TargetKind = 'lambda' | 'sqs' | 'sns';

/** One rule of a bucket's configuration. */
export interface NotificationRule {
  readonly kind: TargetKind;
  readonly id: string;
  readonly targetArn: string;
  /** `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  /** The filter as the bucket's owner gave it, for the answer to a get. */
  readonly rules?: readonly FilterRule[];
}

export interface Notifications {
  readonly rules: readonly NotificationRule[];
  readonly isEventBridge: boolean;
}

/** Argument names of the recorded errors (TestS3NotificationsToSQS::test_invalid_sqs_arn). */
const ARGUMENT_NAMES: Readonly<Record<TargetKind, string>> = {
  lambda: 'CloudFunction',
  sqs: 'Queue',
  sns: 'Topic',
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const EVENT_TYPES: readonly string[] = [
  's3:TestEvent',
  's3:ReducedRedundancyLostObject',
  ...types('ObjectCreated', '* Put Post Copy CompleteMultipartUpload'),
  ...types('ObjectRemoved', '* Delete DeleteMarkerCreated'),
  ...types('ObjectRestore', '* Post Completed Delete'),
  ...types(
    'Replication',
    '* OperationFailedReplication OperationMissedThreshold OperationReplicatedAfterThreshold OperationNotTracked',
  ),
  ...types('LifecycleExpiration', '* Delete DeleteMarkerCreated'),
  's3:LifecycleTransition',
  's3:IntelligentTiering',
  's3:ObjectAcl:Put',
  ...types('ObjectTagging', '* Put Delete'),
];

function types(group: string, names: string): string[] {
  return names.split(' ').map((name) => `s3:${group}:${name}`);
}

/**
 * Reads and checks a configuration; `newId` names the rules that come without an id.
 * @throws AwsError InvalidArgument, MalformedXML
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export function parseNotifications(
  configuration: NotificationConfiguration,
  newId: () => string,
): Notifications {
  const rules = givenRules(configuration).map((given) => parseRule(given, newId));
  if (rules.length > NOTIFICATION_CONFIGURATIONS_MAX) {
    throw s3Error('InvalidRequest', {}, 'Too many notification configurations');
  }
  if (new Set(rules.map(({ id }) => id)).size < rules.length) {
    throw s3Error(
      'InvalidArgument',
      {},
      'Same ID used for multiple configurations. IDs must be unique',
    );
  }
  checkOverlaps(rules);
  return { rules, isEventBridge: configuration.EventBridgeConfiguration !== undefined };
}

interface GivenRule {
  readonly kind: TargetKind;
  readonly arn: string;
  readonly Id?: string;
  readonly Events: readonly string[];
  readonly Filter?: NotificationConfigurationFilter;
}

function givenRules(configuration: NotificationConfiguration): readonly GivenRule[] {
  const { LambdaFunctionConfigurations, QueueConfigurations, TopicConfigurations } = configuration;
  return [
    ...(TopicConfigurations ?? []).map((rule) => ({
      ...rule,
      kind: 'sns' as const,
      arn: rule.TopicArn,
    })),
    ...(QueueConfigurations ?? []).map((rule) => ({
      ...rule,
      kind: 'sqs' as const,
      arn: rule.QueueArn,
    })),
    ...(LambdaFunctionConfigurations ?? []).map((rule) => ({
      ...rule,
      kind: 'lambda' as const,
      arn: rule.LambdaFunctionArn,
    })),
  ];
}

function parseRule(given: GivenRule, newId: () => string): NotificationRule {
  const { kind, arn, Id, Events, Filter } = given;
  if (Events.length === 0) throw s3Error('MalformedXML');
  const parsed = parseArn(arn);
  if (!parsed) throw invalidArgument('The ARN could not be parsed', ARGUMENT_NAMES[kind], arn);
  if (parsed.service !== kind) {
    throw invalidArgument('The ARN is not well formed', ARGUMENT_NAMES[kind], arn);
  }
  for (const event of Events) {
    if (EVENT_TYPES.includes(event)) continue;
    throw invalidArgument(
      `The event '${event}' is not supported for notifications`,
      'Event',
      event,
    );
  }
  const filters = (Filter?.Key?.FilterRules ?? []).map(parseFilterRule);
  const valueOf = (name: string): string => filters.find(({ Name }) => Name === name)?.Value ?? '';
  for (const name of ['Prefix', 'Suffix']) {
    if (filters.filter(({ Name }) => Name === name).length < 2) continue;
    const message = `Cannot specify more than one ${name.toLowerCase()} rule in a filter.`;
    throw invalidArgument(message, 'FilterRule.Name', name.toLowerCase());
  }
  return {
    kind,
    id: Id === undefined || Id === '' ? newId() : Id,
    targetArn: arn,
    events: Events,
    prefix: valueOf('Prefix'),
    suffix: valueOf('Suffix'),
    ...(filters.length === 0 ? {} : { rules: filters }),
  };
}

/** Recorded: s3_api.json TestS3BucketNotificationConfiguration::test_bucket_notification_with_missing_values_in_rule */
function parseFilterRule({ Name, Value }: FilterRule): { Name: string; Value: string } {
  if (Name === undefined || Value === undefined) throw s3Error('MalformedXML');
  const name = Name.toLowerCase();
  if (name !== 'prefix' && name !== 'suffix') {
    throw invalidArgument(
      'filter rule name must be either prefix or suffix',
      'FilterRule.Name',
      Name,
    );
  }
  if (Buffer.byteLength(Value) > KEY_BYTES_MAX) {
    throw invalidArgument(
      `Size of filter rule value cannot exceed ${KEY_BYTES_MAX} bytes in UTF-8 representation`,
      'FilterRule.Value',
      Value,
    );
  }
  return { Name: name === 'prefix' ? 'Prefix' : 'Suffix', Value };
}

function checkOverlaps(rules: readonly NotificationRule[]): void {
  for (const [index, a] of rules.entries()) {
    for (const b of rules.slice(index + 1)) {
      const shared = sharedEvents(a.events, b.events);
      if (shared.length === 0 || !overlaps(a, b)) continue;
      const hasFilter = a.rules !== undefined || b.rules !== undefined;
      const message = hasFilter
        ? 'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the ' +
          'prefixes are overlapping for the same event type.'
        : 'Configurations overlap. Configurations on the same bucket cannot share a common event type.';
      throw invalidArgument(message, 'Event', shared.join(', '));
    }
  }
}

function sharedEvents(a: readonly string[], b: readonly string[]): readonly string[] {
  const pairs = a.flatMap((one) => b.map((other) => [one, other] as const));
  return pairs.find(([one, other]) => covers(one, other) || covers(other, one)) ?? [];
}

/** Whether some key could match both filters. */
function overlaps(a: NotificationRule, b: NotificationRule): boolean {
  const isPrefix = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  return isPrefix && (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix));
}

/** Whether the event type of a rule, perhaps with `*`, is or holds the other. */
function covers(type: string, event: string): boolean {
  return type === event || (type.endsWith(':*') && event.startsWith(type.slice(0, -1)));
}

/** The rules that an event of a key (`ObjectCreated:Put`) matches. */
export function matchingRules(
  { rules }: Notifications,
  name: string,
  key: string,
): readonly NotificationRule[] {
  return rules.filter(
    ({ events, prefix, suffix }) =>
      key.startsWith(prefix) &&
      key.endsWith(suffix) &&
      events.some((type) => covers(type, `s3:${name}`)),
  );
}

/** The configuration as a get answers it. */
export function formatNotifications({
  rules,
  isEventBridge,
}: Notifications): NotificationConfiguration {
  const common = ({ id, events, rules: filters }: NotificationRule): CommonRule => ({
    Id: id,
    Events: events,
    ...(filters === undefined ? {} : { Filter: { Key: { FilterRules: filters } } }),
  });
  const of = (kind: TargetKind): readonly NotificationRule[] =>
    rules.filter((rule) => rule.kind === kind);
  const topics = of('sns').map((rule) => ({ ...common(rule), TopicArn: rule.targetArn }));
  const queues = of('sqs').map((rule) => ({ ...common(rule), QueueArn: rule.targetArn }));
  const functions = of('lambda').map((rule) => ({
    ...common(rule),
    LambdaFunctionArn: rule.targetArn,
  }));
  return {
    ...(topics.length === 0 ? {} : { TopicConfigurations: topics }),
    ...(queues.length === 0 ? {} : { QueueConfigurations: queues }),
    ...(functions.length === 0 ? {} : { LambdaFunctionConfigurations: functions }),
    ...(isEventBridge ? { EventBridgeConfiguration: {} } : {}),
  };
}

interface CommonRule {
  readonly Id: string;
  readonly Events: readonly string[];
  readonly Filter?: NotificationConfigurationFilter;
}

/** A destination that failed its validation. */
export interface FailedDestination {
  readonly rule: NotificationRule;
  readonly check: 'missing' | 'forbidden' | 'unsupported';
}

/**
 * Members of the error about destinations that cannot be reached.
 * Recorded: test_invalid_sqs_arn, test_multiple_invalid_sqs_arns, test_invalid_lambda_arn
 */
export function destinationErrorFields(
  failed: readonly FailedDestination[],
): Record<string, string> {
  const pairs = failed.flatMap(({ rule, check }, index) => [
    [
      `ArgumentName${index + 1}`,
      rule.kind === 'lambda' ? `${rule.targetArn}, null` : rule.targetArn,
    ],
    [`ArgumentValue${index + 1}`, destinationMessage(rule, check)],
  ]);
  return Object.fromEntries(pairs) as Record<string, string>; // Pairs of texts, as made above.
}

function destinationMessage(rule: NotificationRule, check: FailedDestination['check']): string {
  if (rule.kind === 'lambda') return `Not authorized to invoke function [${rule.targetArn}]`;
  const noun = rule.kind === 'sqs' ? 'queue' : 'topic';
  if (check === 'missing') return `The destination ${noun} does not exist`;
  if (check === 'unsupported')
    return `FIFO ${rule.kind === 'sqs' ? 'SQS queues' : 'SNS topics'} are not supported`;
  return `Permissions on the destination ${noun} do not allow S3 to publish notifications from this bucket`;
}
