/** Tags of alarms, insight rules and metric streams. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
import type {
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { noAlarm } from '../errors.ts';
import type { Scope } from '../model.ts';
import { findAlarm, putAlarm } from '../store-alarms.ts';
import { insightRules, metricStreams } from '../store-documents.ts';
import { tagsOf } from './put-alarm.ts';

type Tags = Readonly<Record<string, string>>;

/** The operations on them. */
export function tagOperations(dependencies: MetricsDependencies): Service['operations'] {
  return {
    ListTagsForResource: listTagsForResource(dependencies),
    TagResource: tagResource(dependencies),
    UntagResource: untagResource(dependencies),
  };
}

/** Tags of an alarm that is not there are none, as `test_tagging_metric_alarm` recorded. */
function listTagsForResource({
  database,
}: MetricsDependencies): Operation<ListTagsForResourceInput, ListTagsForResourceOutput> {
  return (context, { ResourceARN }) =>
    database.read(async (queries) => {
      const tagged = await findTagged(queries, context, ResourceARN);
      return { Tags: Object.entries(tagged?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
    });
}

function tagResource({
  database,
}: MetricsDependencies): Operation<TagResourceInput, Record<string, never>> {
  return (context, { ResourceARN, Tags }) =>
    database.transact(async (tx) => {
      await setTags(tx, context, ResourceARN, (tags) => ({ ...tags, ...tagsOf(Tags) }));
      return {};
    });
}

function untagResource({
  database,
}: MetricsDependencies): Operation<UntagResourceInput, Record<string, never>> {
  return (context, { ResourceARN, TagKeys }) =>
    database.transact(async (tx) => {
      const keep = ([key]: readonly [string, string]): boolean => !TagKeys.includes(key);
      await setTags(tx, context, ResourceARN, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(keep)),
      );
      return {};
    });
}

async function setTags(
  tx: Transaction,
  scope: Scope,
  arn: string,
  change: (tags: Tags) => Tags,
): Promise<void> {
  const tagged = await findTagged(tx, scope, arn);
  if (tagged === undefined) throw noAlarm();
  await tagged.put(tx, change(tagged.tags));
}

interface Tagged {
  readonly tags: Tags;
  put(tx: Transaction, tags: Tags): Promise<void>;
}

async function findTagged(
  queries: Queries,
  scope: Scope,
  arn: string,
): Promise<Tagged | undefined> {
  const [, kind, name = ''] = /^([a-z-]+)[:/](.*)$/.exec(parseArn(arn)?.resource ?? '') ?? [];
  if (kind === 'alarm') {
    const alarm = await findAlarm(queries, scope, name);
    return alarm && { tags: alarm.tags, put: (tx, tags) => putAlarm(tx, { ...alarm, tags }) };
  }
  if (kind === 'insight-rule') {
    const rule = await insightRules.find(queries, scope, name);
    return (
      rule && { tags: rule.tags, put: (tx, tags) => insightRules.put(tx, scope, { ...rule, tags }) }
    );
  }
  if (kind !== 'metric-stream') return undefined;
  const stream = await metricStreams.find(queries, scope, name);
  return (
    stream && {
      tags: stream.tags,
      put: (tx, tags) => metricStreams.put(tx, scope, { ...stream, tags }),
    }
  );
}
