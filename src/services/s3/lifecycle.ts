import type {
  BucketLifecycleConfiguration,
  LifecycleRule,
  LifecycleRuleFilter,
  Tag,
} from '#aws/models/s3.types.gen.ts';
import { DAY_MS } from '#kernel/units.ts';
import { invalidArgument, invalidRequest, s3Error } from './errors.ts';
import { LIFECYCLE_RULES_MAX } from './limits.ts';

/** What a rule's filter looks at. */
export interface LifecycleSubject {
  readonly key: string;
  readonly size: number;
  readonly tags: readonly Tag[];
}

/** When an object ends, and the rule that says so. */
export interface Expiry {
  readonly atMs: number;
  readonly ruleId: string;
}

/**
 * When a current object expires: under the rule that ends it first.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function expiryOf(
  configuration: BucketLifecycleConfiguration | undefined,
  subject: LifecycleSubject,
  createdAtMs: number,
): Expiry | undefined {
  let first: Expiry | undefined;
  for (const rule of configuration?.Rules ?? []) {
    if (rule.Status !== 'Enabled' || !matchesRule(rule, subject)) continue;
    const { Days, Date: date } = rule.Expiration ?? {};
    const atMs = Days === undefined ? date : nextMidnight(createdAtMs + Days * DAY_MS);
    if (atMs === undefined || (first && first.atMs <= atMs)) continue;
    first = { atMs, ruleId: rule.ID ?? '' };
  }
  return first;
}

/** S3 rounds up to the next midnight UTC. */
export function nextMidnight(timestampMs: number): number {
  return Math.ceil(timestampMs / DAY_MS) * DAY_MS;
}

/** The header `x-amz-expiration`. */
export function expirationHeader(expiry: Expiry | undefined): string | undefined {
  if (!expiry) return undefined;
  const date = new Date(expiry.atMs).toUTCString();
  return `expiry-date="${date}", rule-id="${encodeURIComponent(expiry.ruleId)}"`;
}

/** Whether a rule's filter takes the object. */
export function matchesRule(rule: LifecycleRule, subject: LifecycleSubject): boolean {
  const { And, ...single } = rule.Filter ?? {};
  const filter = And ?? single;
  const prefix = rule.Prefix ?? filter.Prefix ?? '';
  const tags = And?.Tags ?? (rule.Filter?.Tag ? [rule.Filter.Tag] : []);
  const { ObjectSizeGreaterThan: above = -1, ObjectSizeLessThan: below = Infinity } = filter;
  return (
    subject.key.startsWith(prefix) &&
    subject.size > above &&
    subject.size < below &&
    tags.every(({ Key, Value }) =>
      subject.tags.some((tag) => tag.Key === Key && tag.Value === Value),
    )
  );
}

/**
 * Checks a configuration and gives an id to the rules that have none.
 * @throws AwsError MalformedXML, InvalidArgument, InvalidRequest
 */
export function checkLifecycle(
  configuration: BucketLifecycleConfiguration,
  newId: () => string,
): BucketLifecycleConfiguration {
  const rules = configuration.Rules;
  if (rules.length === 0 || rules.length > LIFECYCLE_RULES_MAX) throw s3Error('MalformedXML');
  const checked = rules.map((rule) => checkRule(rule, newId));
  if (new Set(checked.map(({ ID }) => ID)).size < checked.length) {
    const [repeated] = checked.filter(
      ({ ID }, at) => checked.findIndex((rule) => rule.ID === ID) < at,
    );
    throw invalidArgument(
      'Rule ID must be unique. Found same ID for more than one rule',
      'ID',
      repeated?.ID,
    );
  }
  return { Rules: checked };
}

function checkRule(rule: LifecycleRule, newId: () => string): LifecycleRule {
  const { Expiration, NoncurrentVersionExpiration, Transitions, NoncurrentVersionTransitions } =
    rule;
  if (!['Enabled', 'Disabled'].includes(rule.Status)) throw s3Error('MalformedXML');
  if ((rule.Prefix === undefined) === (rule.Filter === undefined)) throw s3Error('MalformedXML');
  checkFilter(rule.Filter ?? {});
  if (rule.ID !== undefined && rule.ID.length > 255) {
    throw invalidArgument('ID length should not exceed allowed limit of 255', 'ID', rule.ID);
  }
  const actions = [
    Expiration,
    NoncurrentVersionExpiration,
    Transitions,
    NoncurrentVersionTransitions,
  ];
  if (![...actions, rule.AbortIncompleteMultipartUpload].some((action) => action !== undefined)) {
    throw invalidRequest('At least one action needs to be specified in a rule');
  }
  if (Expiration?.Days !== undefined && Expiration.Days <= 0) {
    throw invalidArgument(
      "'Days' for Expiration action must be a positive integer",
      'Days',
      Expiration.Days,
    );
  }
  if (Expiration?.Date !== undefined && Expiration.Date % DAY_MS !== 0) {
    const date = new Date(Expiration.Date).toISOString();
    throw invalidArgument("'Date' must be at midnight GMT", 'Date', date);
  }
  if (Expiration && Object.keys(Expiration).length > 1) throw s3Error('MalformedXML');
  return { ...rule, ID: rule.ID === undefined || rule.ID === '' ? newId() : rule.ID };
}

function checkFilter(filter: LifecycleRuleFilter): void {
  if (Object.keys(filter).length > 1) throw s3Error('MalformedXML');
}
