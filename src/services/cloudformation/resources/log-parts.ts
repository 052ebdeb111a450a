/** AWS::Logs::* beside groups and filters, and of CloudWatch what shows alarms together. */
import { isObject } from '#kernel/json.ts';
import {
  answered,
  changeTags,
  gone,
  isThere,
  nameBy,
  ownName,
  structuresOf,
  without,
} from './shared.ts';
import { alarmName, BEGUN_ALARM, isAlarmThere } from './monitoring.ts';
import { textOf, words, type ResourceType, type Work } from './resource-type.ts';
import { toText } from '../text.ts';
import { foundByAge, type Listing } from './unclaimed.ts';

const streamName = nameBy('LogStreamName', 512);

const STREAM: ResourceType = {
  properties: words('LogGroupName LogStreamName'),
  required: ['LogGroupName'],
  replacing: [],
  within: ['LogGroupName'],
  unclaimed: ownName('LogStreamName', streamName),
  async create(work) {
    const logStreamName = streamName(work);
    await work.call('logs', 'CreateLogStream', { ...work.properties, logStreamName });
    return { physicalId: logStreamName };
  },
  delete: (work, { physicalId: logStreamName, properties: { LogGroupName: logGroupName } }) =>
    gone(work.call('logs', 'DeleteLogStream', { logGroupName, logStreamName })),
};

const RESOURCE_POLICY: ResourceType = {
  properties: words('PolicyDocument PolicyName'),
  required: words('PolicyDocument PolicyName'),
  replacing: ['PolicyName'],
  async create(work) {
    await work.requireAbsent('PolicyName', async () => {
      const { resourcePolicies } = await work.call('logs', 'DescribeResourcePolicies', {});
      const name = textOf(work.properties, 'PolicyName');
      return structuresOf(resourcePolicies).some(({ policyName }) => policyName === name);
    });
    await work.call('logs', 'PutResourcePolicy', work.properties);
    return { physicalId: toText(work.properties['PolicyName']) };
  },
  async update(work, { physicalId }) {
    await work.call('logs', 'PutResourcePolicy', work.properties);
    return { physicalId };
  },
  delete: (work, { physicalId: policyName }) =>
    gone(work.call('logs', 'DeleteResourcePolicy', { policyName })),
};

const DESTINATION: ResourceType = {
  properties: words('DestinationName DestinationPolicy RoleArn Tags TargetArn'),
  required: words('DestinationName RoleArn TargetArn'),
  replacing: ['DestinationName'],
  tags: 'list',
  begun: { property: 'DestinationName', find: async (work) => destinationOf(work) },
  async create(work) {
    await work.requireAbsent(
      'DestinationName',
      async () => (await destinationOf(work)) !== undefined,
    );
    const { destination } = await work.call('logs', 'PutDestination', work.properties);
    const destinationName = toText(work.properties['DestinationName']);
    await work.claim(destinationName);
    await putDestinationPolicy(work, destinationName);
    const Arn = isObject(destination) ? answered(destination, 'arn') : '';
    return { physicalId: destinationName, attributes: { Arn } };
  },
  async update(work, before) {
    const { physicalId: destinationName, attributes } = before;
    await work.call('logs', 'PutDestination', without(work.properties, 'Tags'));
    await putDestinationPolicy(work, destinationName);
    const target = { resourceArn: attributes['Arn'] };
    const named = { service: 'logs', tagsMember: 'tags', keysMember: 'tagKeys' };
    await changeTags(work, before, { ...named, target });
    return { physicalId: destinationName };
  },
  delete: (work, { physicalId: destinationName }) =>
    gone(work.call('logs', 'DeleteDestination', { destinationName })),
};

/** Its name, where it is there. */
async function destinationOf(work: Work): Promise<string | undefined> {
  const name = toText(work.properties['DestinationName']);
  const input = { DestinationNamePrefix: name };
  const { destinations } = await work.call('logs', 'DescribeDestinations', input);
  return structuresOf(destinations).some(({ destinationName }) => destinationName === name)
    ? name
    : undefined;
}

async function putDestinationPolicy(work: Work, destinationName: string): Promise<void> {
  const accessPolicy = textOf(work.properties, 'DestinationPolicy');
  if (accessPolicy === undefined) return;
  await work.call('logs', 'PutDestinationPolicy', { destinationName, accessPolicy });
}

const QUERY_DEFINITION: ResourceType = {
  properties: words('LogGroupNames Name Parameters QueryLanguage QueryString'),
  required: words('Name QueryString'),
  replacing: [],
  async create(work) {
    const answer = await work.call('logs', 'PutQueryDefinition', work.properties);
    const QueryDefinitionId = answered(answer, 'queryDefinitionId');
    return { physicalId: QueryDefinitionId, attributes: { QueryDefinitionId } };
  },
  async update(work, { physicalId: queryDefinitionId }) {
    await work.call('logs', 'PutQueryDefinition', { ...work.properties, queryDefinitionId });
    return { physicalId: queryDefinitionId };
  },
  delete: (work, { physicalId: queryDefinitionId }) =>
    gone(work.call('logs', 'DeleteQueryDefinition', { queryDefinitionId })),
};

const QUERY_DEFINITIONS: Listing = {
  service: 'logs',
  operation: 'DescribeQueryDefinitions',
  items: 'queryDefinitions',
  id: 'queryDefinitionId',
  next: ['nextToken', 'nextToken'],
  inputOf: ({ properties: { Name } }) => ({ queryDefinitionNamePrefix: Name }),
  is: ({ name }, { properties }) => name === properties['Name'],
};

const COMPOSITE_ALARM: ResourceType = {
  properties:
    words(`ActionsEnabled ActionsSuppressor ActionsSuppressorExtensionPeriod ActionsSuppressorWaitPeriod AlarmActions
    AlarmDescription AlarmName AlarmRule InsufficientDataActions OKActions Tags`),
  required: ['AlarmRule'],
  replacing: ['AlarmName'],
  tags: 'list',
  begun: BEGUN_ALARM,
  async create(work) {
    const AlarmName = alarmName(work);
    await work.requireAbsent('AlarmName', () => isAlarmThere(work));
    await work.call('cloudwatch', 'PutCompositeAlarm', { ...work.properties, AlarmName });
    return { physicalId: AlarmName, attributes: { Arn: alarmArn(work, AlarmName) } };
  },
  async update(work, before) {
    const { physicalId: AlarmName } = before;
    await work.call('cloudwatch', 'PutCompositeAlarm', { ...work.properties, AlarmName });
    const target = { ResourceARN: alarmArn(work, AlarmName) };
    await changeTags(work, before, { service: 'cloudwatch', target });
    return { physicalId: AlarmName };
  },
  delete: (work, { physicalId }) =>
    gone(work.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [physicalId] })),
};

function alarmArn({ accountId, region }: Work, name: string): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
}

const dashboardName = nameBy('DashboardName', 255);

const DASHBOARD: ResourceType = {
  properties: words('DashboardBody DashboardName'),
  required: ['DashboardBody'],
  replacing: ['DashboardName'],
  begun: {
    property: 'DashboardName',
    find: async (work) => ((await isDashboardThere(work)) ? dashboardName(work) : undefined),
  },
  async create(work) {
    const DashboardName = dashboardName(work);
    await work.requireAbsent('DashboardName', () => isDashboardThere(work));
    await work.call('cloudwatch', 'PutDashboard', { ...work.properties, DashboardName });
    return { physicalId: DashboardName };
  },
  async update(work, { physicalId: DashboardName }) {
    await work.call('cloudwatch', 'PutDashboard', { ...work.properties, DashboardName });
    return { physicalId: DashboardName };
  },
  delete: (work, { physicalId }) =>
    gone(work.call('cloudwatch', 'DeleteDashboards', { DashboardNames: [physicalId] })),
};

function isDashboardThere(work: Work): Promise<boolean> {
  const DashboardName = dashboardName(work);
  return isThere(work.call('cloudwatch', 'GetDashboard', { DashboardName }));
}

export const LOG_PART_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::CloudWatch::CompositeAlarm': COMPOSITE_ALARM,
  'AWS::CloudWatch::Dashboard': DASHBOARD,
  'AWS::Logs::Destination': DESTINATION,
  'AWS::Logs::LogStream': STREAM,
  'AWS::Logs::QueryDefinition': foundByAge(QUERY_DEFINITIONS, 'lastModified', QUERY_DEFINITION),
  'AWS::Logs::ResourcePolicy': RESOURCE_POLICY,
};
