/** AWS::Logs::*, AWS::CloudWatch::* and AWS::SSM::*. */
import { changeTags, gone, nameBy, ownName, structuresOf, tagsOf, without } from './shared.ts';
import { words, type Made, type ResourceType, type Work } from './resource-type.ts';

const groupName = nameBy('LogGroupName', 512);

const LOG_GROUP: ResourceType = {
  properties:
    words(`BearerTokenAuthenticationEnabled DataProtectionPolicy DeletionProtectionEnabled FieldIndexPolicies
    KmsKeyId LogGroupClass LogGroupName ResourcePolicyDocument RetentionInDays Tags`),
  replacing: ['LogGroupName'],
  tags: 'list',
  unclaimed: ownName('LogGroupName', groupName),
  async create(work) {
    const logGroupName = groupName(work);
    await work.call('logs', 'CreateLogGroup', { ...work.properties, logGroupName });
    await work.claim(logGroupName);
    if (work.properties['RetentionInDays'] !== undefined) await putRetention(work, logGroupName);
    return groupMade(work, logGroupName);
  },
  async update(work, before) {
    const { physicalId: logGroupName } = before;
    await putRetention(work, logGroupName);
    const { accountId, region } = work;
    await changeTags(work, before, {
      service: 'logs',
      target: { resourceArn: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}` },
      tagsMember: 'tags',
      keysMember: 'tagKeys',
    });
    return groupMade(work, logGroupName);
  },
  delete: (work, { physicalId: logGroupName }) =>
    gone(work.call('logs', 'DeleteLogGroup', { logGroupName })),
};

async function putRetention(work: Work, logGroupName: string): Promise<void> {
  const { RetentionInDays: retentionInDays } = work.properties;
  await (retentionInDays === undefined
    ? gone(work.call('logs', 'DeleteRetentionPolicy', { logGroupName }))
    : work.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays }));
}

function groupMade({ accountId, region }: Work, name: string): Made {
  const Arn = `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`;
  return { physicalId: name, attributes: { Arn } };
}

const filterNameOf = nameBy('FilterName', 512);

const SUBSCRIPTION_FILTER: ResourceType = {
  properties:
    words(`ApplyOnTransformedLogs DestinationArn Distribution EmitSystemFields FieldSelectionCriteria FilterName
    FilterPattern LogGroupName RoleArn`),
  required: words('DestinationArn FilterPattern LogGroupName'),
  replacing: words('FilterName LogGroupName'),
  within: ['LogGroupName'],
  async create(work) {
    const filterName = filterNameOf(work);
    await work.call('logs', 'PutSubscriptionFilter', { ...work.properties, filterName });
    return { physicalId: filterName };
  },
  async update(work, { physicalId: filterName }) {
    await work.call('logs', 'PutSubscriptionFilter', { ...work.properties, filterName });
    return { physicalId: filterName };
  },
  delete: (work, { physicalId: filterName, properties: { LogGroupName: logGroupName } }) =>
    gone(work.call('logs', 'DeleteSubscriptionFilter', { logGroupName, filterName })),
};

const METRIC_FILTER: ResourceType = {
  properties:
    words(`ApplyOnTransformedLogs EmitSystemFieldDimensions FieldSelectionCriteria FilterName FilterPattern
    LogGroupName MetricTransformations`),
  required: words('FilterPattern LogGroupName MetricTransformations'),
  replacing: words('FilterName LogGroupName'),
  within: ['LogGroupName'],
  async create(work) {
    const filterName = filterNameOf(work);
    await work.call('logs', 'PutMetricFilter', {
      ...work.properties,
      ...transformations(work),
      filterName,
    });
    return { physicalId: filterName };
  },
  async update(work, { physicalId: filterName }) {
    await work.call('logs', 'PutMetricFilter', {
      ...work.properties,
      ...transformations(work),
      filterName,
    });
    return { physicalId: filterName };
  },
  delete: (work, { physicalId: filterName, properties: { LogGroupName: logGroupName } }) =>
    gone(work.call('logs', 'DeleteMetricFilter', { logGroupName, filterName })),
};

function transformations({ properties: { MetricTransformations: list } }: Work) {
  return { metricTransformations: structuresOf(list) };
}

/** Of alarms of either kind. */
export const alarmName = nameBy('AlarmName', 255);

/** True where an alarm, of whatever kind, has the name that a resource is to have. */
export async function isAlarmThere(work: Work): Promise<boolean> {
  const AlarmTypes = ['CompositeAlarm', 'MetricAlarm'];
  const input = { AlarmNames: [alarmName(work)], AlarmTypes };
  const answer = await work.call('cloudwatch', 'DescribeAlarms', input);
  return Object.values(answer).some((list) => Array.isArray(list) && list.length > 0);
}

/** An alarm that was being made. */
export const BEGUN_ALARM: NonNullable<ResourceType['begun']> = {
  property: 'AlarmName',
  find: async (work) => ((await isAlarmThere(work)) ? alarmName(work) : undefined),
};

const ALARM: ResourceType = {
  properties:
    words(`ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions
    EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName Metrics
    Namespace OKActions Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit`),
  required: words('ComparisonOperator'),
  replacing: ['AlarmName'],
  tags: 'list',
  begun: BEGUN_ALARM,
  async create(work) {
    await work.requireAbsent('AlarmName', () => isAlarmThere(work));
    return await putAlarm(work, alarmName(work));
  },
  async update(work, before) {
    const made = await putAlarm(work, before.physicalId);
    await changeTags(work, before, {
      service: 'cloudwatch',
      target: { ResourceARN: before.attributes['Arn'] },
    });
    return made;
  },
  delete: (work, { physicalId }) =>
    gone(work.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [physicalId] })),
};

async function putAlarm(work: Work, AlarmName: string): Promise<Made> {
  await work.call('cloudwatch', 'PutMetricAlarm', { ...work.properties, AlarmName });
  const { accountId, region } = work;
  const Arn = `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}`;
  return { physicalId: AlarmName, attributes: { Arn } };
}

const parameterName = nameBy('Name', 1000, (name) => `CFN-${name}`);

const PARAMETER: ResourceType = {
  properties: words('AllowedPattern DataType Description Name Policies Tags Tier Type Value'),
  required: words('Type Value'),
  replacing: ['Name'],
  tags: 'map',
  unclaimed: ownName('Name', parameterName),
  async create(work) {
    const Name = parameterName(work);
    const Tags = [...tagsOf(work.properties['Tags'])].map(([Key, Value]) => ({ Key, Value }));
    await work.call('ssm', 'PutParameter', { ...work.properties, Name, Tags });
    return parameterMade(work, Name);
  },
  async update(work, before) {
    const { physicalId: Name } = before;
    const input = { Description: '', ...without(work.properties, 'Tags'), Name, Overwrite: true };
    await work.call('ssm', 'PutParameter', input);
    await changeTags(work, before, {
      service: 'ssm',
      tag: 'AddTagsToResource',
      untag: 'RemoveTagsFromResource',
      target: { ResourceType: 'Parameter', ResourceId: Name },
    });
    return parameterMade(work, Name);
  },
  delete: (work, { physicalId: Name }) => gone(work.call('ssm', 'DeleteParameter', { Name })),
};

function parameterMade({ properties: { Type, Value } }: Work, name: string): Made {
  return { physicalId: name, attributes: { Type, Value } };
}

export const MONITORING_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::CloudWatch::Alarm': ALARM,
  'AWS::Logs::LogGroup': LOG_GROUP,
  'AWS::Logs::MetricFilter': METRIC_FILTER,
  'AWS::Logs::SubscriptionFilter': SUBSCRIPTION_FILTER,
  'AWS::SSM::Parameter': PARAMETER,
};
