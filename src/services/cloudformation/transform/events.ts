/** The events of a function: whatever calls it, and its permission to. */
import type { Json, JsonObject } from '#kernel/json.ts';
import {
  add,
  attribute,
  invalid,
  knownText,
  listOf,
  objectOf,
  pick,
  present,
  ref,
  sub,
  type FunctionTarget,
  type Target,
} from './parts.ts';
import { ownOf } from '../own.ts';
import { trustOf } from './policies.ts';
import { addTopicQueue, deadLetterArn, sendPolicies } from './queues.ts';

export interface EventSource {
  readonly fn: FunctionTarget;
  /** Its name among the function's. */
  readonly event: string;
  readonly definition: JsonObject;
  /** Of the function: its condition holds for all. */
  readonly from: JsonObject;
}

export const IMPLICIT_REST_API = 'ServerlessRestApi';
export const IMPLICIT_HTTP_API = 'ServerlessHttpApi';

type AddEvent = (target: Target, source: EventSource, properties: JsonObject) => void;

const EVENTS: Readonly<Record<string, AddEvent>> = {
  Api: addApi,
  CloudWatchEvent: addRule,
  CloudWatchLogs: addLogs,
  DynamoDB: (target, source, properties) => addMapping(target, source, properties, 'Stream'),
  EventBridgeRule: addRule,
  HttpApi: addHttpApi,
  Kinesis: (target, source, properties) => addMapping(target, source, properties, 'Stream'),
  S3: addS3,
  Schedule: addSchedule,
  ScheduleV2: addScheduleV2,
  SNS: addTopic,
  SQS: (target, source, properties) => addMapping(target, source, properties, 'Queue'),
};

/** Adds what an event of a function stands for. @throws AwsError ValidationError */
export function transformEvent(target: Target, source: EventSource): void {
  const { fn, event, definition } = source;
  const { Type: type } = definition;
  const addEvent = typeof type === 'string' ? ownOf(EVENTS, type) : undefined;
  if (addEvent === undefined) {
    invalid(
      fn.id,
      `Event with id [${event}] is invalid. The type ${JSON.stringify(type)} is not supported.`,
    );
  }
  addEvent(target, source, objectOf(definition['Properties']));
}

const idOf = ({ fn, event }: EventSource): string => `${fn.id}${event}`;

/** @param more of the permission: its principal, and on whose account */
function permit(target: Target, source: EventSource, more: JsonObject, suffix = ''): void {
  add(target, `${idOf(source)}Permission${suffix}`, 'AWS::Lambda::Permission', {
    from: source.from,
    properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: source.fn.name,
      ...more,
    },
  });
}

/** Queues and streams are polled. */
function addMapping(
  target: Target,
  source: EventSource,
  properties: JsonObject,
  arnProperty: string,
): void {
  const { [arnProperty]: arn, Queue: _, Stream: __, ...rest } = properties;
  add(target, idOf(source), 'AWS::Lambda::EventSourceMapping', {
    from: source.from,
    properties: { ...rest, EventSourceArn: arn, FunctionName: source.fn.name },
  });
}

function addRule(target: Target, source: EventSource, properties: JsonObject): void {
  const id = idOf(source);
  const { Pattern, EventBusName, RuleName: Name, State, DeadLetterConfig: dead } = properties;
  const { RetryPolicy, Input, InputPath, InputTransformer, Target: named } = properties;
  const deadArn = ruleDeadLetters(target, source, dead);
  const one = {
    Arn: source.fn.arn,
    Id: objectOf(named)['Id'] ?? `${id}LambdaTarget`.slice(-64),
    Input,
    InputPath,
    InputTransformer,
    RetryPolicy,
    DeadLetterConfig: deadArn === undefined ? undefined : { Arn: deadArn },
  };
  add(target, id, 'AWS::Events::Rule', {
    from: source.from,
    properties: { EventPattern: Pattern, EventBusName, Name, State, Targets: [defined(one)] },
  });
  permit(target, source, { Principal: 'events.amazonaws.com', SourceArn: attribute(id, 'Arn') });
}

function ruleDeadLetters(target: Target, source: EventSource, given: Json | undefined) {
  const { fn, from } = source;
  const place = { id: idOf(source), functionId: fn.id, from, sender: 'events.amazonaws.com' };
  return deadLetterArn(target, place, given);
}

function defined(values: JsonObject): JsonObject {
  return pick(values, Object.keys(values));
}

function addSchedule(target: Target, source: EventSource, properties: JsonObject): void {
  const id = idOf(source);
  const { Schedule, Name, Description, State, Enabled, Input, RetryPolicy } = properties;
  const deadArn = ruleDeadLetters(target, source, properties['DeadLetterConfig']);
  const isOff = Enabled === false || Enabled === 'false';
  const one = {
    Arn: source.fn.arn,
    Id: `${id}LambdaTarget`.slice(-64),
    Input,
    RetryPolicy,
    DeadLetterConfig: deadArn === undefined ? undefined : { Arn: deadArn },
  };
  add(target, id, 'AWS::Events::Rule', {
    from: source.from,
    properties: {
      ScheduleExpression: Schedule,
      Name,
      Description,
      State: State ?? (Enabled === undefined ? undefined : isOff ? 'DISABLED' : 'ENABLED'),
      Targets: [defined(one)],
    },
  });
  permit(target, source, { Principal: 'events.amazonaws.com', SourceArn: attribute(id, 'Arn') });
}

const SCHEDULE_SETTINGS: readonly string[] = [
  'Description',
  'EndDate',
  'GroupName',
  'KmsKeyArn',
  'Name',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'StartDate',
  'State',
];

/** Of EventBridge Scheduler, with a role that may call the function. */
function addScheduleV2(target: Target, source: EventSource, properties: JsonObject): void {
  const id = idOf(source);
  const { fn, from } = source;
  const { RoleArn: role, Input, RetryPolicy, DeadLetterConfig: dead, OmitName } = properties;
  const roleId = `${id}Role`;
  const deadArn = deadLetterArn(target, { id, functionId: fn.id, from }, dead);
  if (role === undefined) {
    const statement = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: fn.arn };
    add(target, roleId, 'AWS::IAM::Role', {
      from,
      properties: {
        AssumeRolePolicyDocument: trustOf('scheduler.amazonaws.com'),
        PermissionsBoundary: properties['PermissionsBoundary'],
        Policies: [
          {
            PolicyName: `${id}LambdaPolicy`,
            PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
          },
          ...sendPolicies(`${id}SQSPolicy`, present({ Type: 'SQS', Arn: deadArn })),
        ],
      },
    });
  }
  const one = {
    Arn: fn.arn,
    RoleArn: role ?? attribute(roleId, 'Arn'),
    Input,
    RetryPolicy,
    DeadLetterConfig: deadArn === undefined ? undefined : { Arn: deadArn },
  };
  add(target, id, 'AWS::Scheduler::Schedule', {
    from,
    properties: {
      ...(OmitName === true ? {} : { Name: id }),
      ...pick(properties, SCHEDULE_SETTINGS),
      FlexibleTimeWindow: properties['FlexibleTimeWindow'] ?? { Mode: 'OFF' },
      Target: defined(one),
    },
  });
}

function addTopic(target: Target, source: EventSource, properties: JsonObject): void {
  const { fn, from } = source;
  const { Topic: topic = null, SqsSubscription: queue, ...rest } = properties;
  const id = idOf(source);
  if (queue === undefined || queue === false || queue === 'false') {
    add(target, id, 'AWS::SNS::Subscription', {
      from,
      properties: { ...rest, Protocol: 'lambda', Endpoint: fn.arn, TopicArn: topic },
    });
    permit(target, source, { Principal: 'sns.amazonaws.com', SourceArn: topic });
    return;
  }
  const { queueArn, settings } = addTopicQueue(target, { id, from }, { topic, given: queue });
  add(target, id, 'AWS::SNS::Subscription', {
    from,
    properties: { ...rest, Protocol: 'sqs', Endpoint: queueArn, TopicArn: topic },
  });
  const { BatchSize = 10, Enabled = true } = settings;
  add(target, `${id}EventSourceMapping`, 'AWS::Lambda::EventSourceMapping', {
    from,
    properties: { BatchSize, Enabled, EventSourceArn: queueArn, FunctionName: fn.name },
  });
}

function addLogs(target: Target, source: EventSource, properties: JsonObject): void {
  const { LogGroupName: group } = properties;
  const permission = `${idOf(source)}Permission`;
  permit(target, source, {
    Principal: 'logs.amazonaws.com',
    SourceArn: sub(
      'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*',
      { __LogGroupName__: group },
    ),
  });
  const properties_ = { ...properties, DestinationArn: source.fn.arn };
  target.resources[idOf(source)] = {
    Type: 'AWS::Logs::SubscriptionFilter',
    DependsOn: [permission],
    ...pick(source.from, ['Condition']),
    Properties: properties_,
  };
}

/** The bucket, which has to be in the template, is told of the function; the permission has to be there before. */
function addS3(target: Target, source: EventSource, properties: JsonObject): void {
  const { fn, event, from } = source;
  const { Bucket: bucket, Events: events, Filter } = properties;
  const { Ref: id } = objectOf(bucket);
  const known = typeof id === 'string' ? objectOf(ownOf(target.resources, id)) : {};
  if (typeof id !== 'string' || known['Type'] !== 'AWS::S3::Bucket') {
    invalid(
      fn.id,
      `Event with id [${event}] is invalid. S3 events must reference an S3 bucket in the same template.`,
    );
  }
  const bucketProperties = objectOf(known['Properties']);
  const notifications = objectOf(bucketProperties['NotificationConfiguration']);
  const added = listOf(events).map((Event) => defined({ Event, Filter, Function: fn.arn }));
  const { Condition: condition } = from;
  // By the name of the bucket no circle comes about between it and the permission.
  permit(target, source, { Principal: 's3.amazonaws.com', SourceAccount: ref('AWS::AccountId') });
  target.resources[id] = {
    ...known,
    DependsOn: [
      ...listOf(known['DependsOn']),
      ...(condition === undefined ? [`${idOf(source)}Permission`] : []),
    ],
    Properties: {
      ...bucketProperties,
      NotificationConfiguration: {
        ...notifications,
        LambdaConfigurations: [...listOf(notifications['LambdaConfigurations']), ...added],
      },
    },
  };
}

function addApi(target: Target, source: EventSource, properties: JsonObject): void {
  const { RestApiId: given } = properties;
  const apiId = apiIdOf(source, given, IMPLICIT_REST_API);
  const stage = stageOf(target, apiId);
  const { path, method } = addRoute(target, source, apiId, properties);
  const any = method === 'ANY' ? '*' : method;
  const resource = `\${__ApiId__}/\${__Stage__}/${any}${wildcards(path)}`;
  const SourceArn = sub(executeArn(resource), { __ApiId__: ref(apiId), __Stage__: stage });
  const suffix = typeof stage === 'string' ? stage.replaceAll(/[^A-Za-z0-9]/g, '') : 'Stage';
  permit(target, source, { Principal: 'apigateway.amazonaws.com', SourceArn }, suffix);
}

function addHttpApi(target: Target, source: EventSource, properties: JsonObject): void {
  const apiId = apiIdOf(source, properties['ApiId'], IMPLICIT_HTTP_API);
  const settings = { Path: '/$default', Method: 'ANY', ...properties };
  const { path } = addRoute(target, source, apiId, settings);
  const resource = path === '/$default' ? '$default' : `*${wildcards(path)}`;
  const SourceArn = sub(executeArn(`\${__ApiId__}/*/${resource}`), { __ApiId__: ref(apiId) });
  permit(target, source, { Principal: 'apigateway.amazonaws.com', SourceArn });
}

function executeArn(resource: string): string {
  return `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
}

/** Parameters of a path match anything. */
function wildcards(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, '*').replace(/\/$/, '/');
}

function apiIdOf({ fn, event }: EventSource, given: Json | undefined, implicit: string): string {
  if (given === undefined) return implicit;
  const { Ref: id } = objectOf(given);
  if (typeof id === 'string') return id;
  return invalid(
    fn.id,
    `Event with id [${event}] is invalid. RestApiId must be a valid reference to an API in the same template.`,
  );
}

/** The stage of a REST API: the one in the template's own words, or SAM's. */
function stageOf({ resources, context }: Target, apiId: string): Json {
  const { StageName: stage } = objectOf(objectOf(ownOf(resources, apiId))['Properties']);
  return knownText(stage, context) ?? stage ?? 'Prod';
}

function addRoute(
  target: Target,
  { fn }: EventSource,
  apiId: string,
  settings: JsonObject,
): { readonly path: string; readonly method: string } {
  const path = knownText(settings['Path'], target.context) ?? '/';
  const method = (knownText(settings['Method'], target.context) ?? 'ANY').toUpperCase();
  const auth = objectOf(settings['Auth']);
  const routes = target.routes.get(apiId) ?? [];
  routes.push({ path, method, functionId: fn.id, target: fn.arn, auth, settings });
  target.routes.set(apiId, routes);
  return { path, method };
}
