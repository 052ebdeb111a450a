/** AWS::Events::* and AWS::Scheduler::*. */
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
import { textOf, words, type ResourceType, type Work } from './resource-type.ts';
import { toText } from '../text.ts';

const nameOf = nameBy('Name');

const BUS: ResourceType = {
  properties: words(
    'DeadLetterConfig Description EventSourceName KmsKeyIdentifier LogConfig Name Policy Tags',
  ),
  required: ['Name'],
  replacing: ['Name'],
  tags: 'list',
  async create(work) {
    const { Name, Policy } = work.properties;
    const answer = await work.call('events', 'CreateEventBus', work.properties);
    await work.claim(toText(Name));
    if (Policy !== undefined)
      await work.call('events', 'PutPermission', { EventBusName: Name, Policy });
    return {
      physicalId: toText(Name),
      attributes: { Arn: answered(answer, 'EventBusArn'), Name: toText(Name), Policy },
    };
  },
  async update(work, before) {
    const { physicalId: Name, attributes } = before;
    await work.call('events', 'UpdateEventBus', { ...work.properties, Name });
    await changeTags(work, before, {
      service: 'events',
      target: { ResourceARN: attributes['Arn'] },
    });
    return { physicalId: Name };
  },
  delete: (work, { physicalId: Name }) => gone(work.call('events', 'DeleteEventBus', { Name })),
};

const RULE: ResourceType = {
  properties: words(
    'Description EventBusName EventPattern Name RoleArn ScheduleExpression State Tags Targets',
  ),
  replacing: words('EventBusName Name'),
  tags: 'list',
  begun: {
    property: 'Name',
    find: async (work) => ((await isRuleThere(work)) ? ruleId(work) : undefined),
  },
  async create(work) {
    const physicalId = ruleId(work);
    const Name = ruleName(physicalId);
    await work.requireAbsent('Name', () => isRuleThere(work));
    const answer = await putRule(work, Name);
    await work.claim(physicalId);
    await putTargets(work, Name, []);
    return { physicalId, attributes: { Arn: answered(answer, 'RuleArn') } };
  },
  async update(work, before) {
    const { physicalId, attributes } = before;
    const Name = ruleName(physicalId);
    await putRule(work, Name);
    await putTargets(work, Name, targetIds(before.properties));
    await changeTags(work, before, {
      service: 'events',
      target: { ResourceARN: attributes['Arn'] },
    });
    return { physicalId };
  },
  async delete(work, { physicalId, properties: { EventBusName } }) {
    const Name = ruleName(physicalId);
    // All there are: a creation that failed may not have come to them.
    const rule = { Rule: Name, EventBusName };
    const answer = await work.call('events', 'ListTargetsByRule', rule).catch(() => ({}));
    const Ids = targetIds(answer);
    if (Ids.length > 0) await gone(work.call('events', 'RemoveTargets', { ...rule, Ids }));
    await gone(work.call('events', 'DeleteRule', { Name, EventBusName }));
  },
};

/** A rule of another bus is known by both names. */
function ruleId(work: Work): string {
  const name = nameOf(work);
  const bus = textOf(work.properties, 'EventBusName');
  return bus === undefined ? name : `${busName(bus)}|${name}`;
}

function isRuleThere(work: Work): Promise<boolean> {
  const { EventBusName } = work.properties;
  const Name = ruleName(ruleId(work));
  return isThere(work.call('events', 'DescribeRule', { Name, EventBusName }));
}

function busName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}

function ruleName(physicalId: string): string {
  return physicalId.slice(physicalId.indexOf('|') + 1);
}

function putRule(work: Work, Name: string) {
  return work.call('events', 'PutRule', { ...without(work.properties, 'Targets'), Name });
}

async function putTargets(work: Work, Rule: string, before: readonly string[]): Promise<void> {
  const { EventBusName, Targets = [] } = work.properties;
  const now = targetIds(work.properties);
  const Ids = before.filter((id) => !now.includes(id));
  if (Ids.length > 0) await work.call('events', 'RemoveTargets', { Rule, EventBusName, Ids });
  if (now.length > 0) await work.call('events', 'PutTargets', { Rule, EventBusName, Targets });
}

function targetIds({ Targets: targets }: { readonly Targets?: unknown }): string[] {
  return structuresOf(targets).map((one) => toText(one['Id']));
}

const SCHEDULE: ResourceType = {
  properties:
    words(`Description EndDate FlexibleTimeWindow GroupName KmsKeyArn Name ScheduleExpression
    ScheduleExpressionTimezone StartDate State Target`),
  required: words('FlexibleTimeWindow ScheduleExpression Target'),
  replacing: words('GroupName Name'),
  within: ['GroupName'],
  unclaimed: ownName('Name', nameOf),
  async create(work) {
    const Name = nameOf(work);
    const answer = await work.call('scheduler', 'CreateSchedule', { ...work.properties, Name });
    return { physicalId: Name, attributes: { Arn: answered(answer, 'ScheduleArn') } };
  },
  async update(work, { physicalId: Name }) {
    await work.call('scheduler', 'UpdateSchedule', { ...work.properties, Name });
    return { physicalId: Name };
  },
  delete: (work, { physicalId: Name, properties: { GroupName } }) =>
    gone(work.call('scheduler', 'DeleteSchedule', { Name, GroupName })),
};

const SCHEDULE_GROUP: ResourceType = {
  properties: words('Name Tags'),
  replacing: ['Name'],
  tags: 'list',
  unclaimed: ownName('Name', nameOf),
  async create(work) {
    const Name = nameOf(work);
    const answer = await work.call('scheduler', 'CreateScheduleGroup', {
      ...work.properties,
      Name,
    });
    return { physicalId: Name, attributes: { Arn: answered(answer, 'ScheduleGroupArn') } };
  },
  async update(work, before) {
    await changeTags(work, before, {
      service: 'scheduler',
      target: { ResourceArn: before.attributes['Arn'] },
    });
    return { physicalId: before.physicalId };
  },
  delete: (work, { physicalId: Name }) =>
    gone(work.call('scheduler', 'DeleteScheduleGroup', { Name })),
};

export const EVENTING_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Events::EventBus': BUS,
  'AWS::Events::Rule': RULE,
  'AWS::Scheduler::Schedule': SCHEDULE,
  'AWS::Scheduler::ScheduleGroup': SCHEDULE_GROUP,
};
