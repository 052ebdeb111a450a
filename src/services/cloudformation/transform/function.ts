/** AWS::Serverless::Function: the function, its role, its versions, URL and events. */
import type { Json, JsonObject } from '#kernel/json.ts';
import { transformEvent } from './events.ts';
import {
  add,
  attribute,
  hashOf,
  invalid,
  knownText,
  objectAddress,
  objectOf,
  pick,
  present,
  ref,
  sub,
  tagList,
  type FunctionTarget,
  type Source,
  type Target,
} from './parts.ts';
import { LAMBDA_TRUST, readPolicies } from './policies.ts';
import { ownOf } from '../own.ts';
import { destinationOf, sendPolicies } from './queues.ts';
import { toText } from '../text.ts';

const CREATED_BY = { 'lambda:createdBy': 'SAM' };

/** Properties that are the function's own under the same name. */
const SAME: readonly string[] = [
  'Architectures',
  'CodeSigningConfigArn',
  'Description',
  'DurableConfig',
  'Environment',
  'EphemeralStorage',
  'FileSystemConfigs',
  'FunctionName',
  'Handler',
  'ImageConfig',
  'KmsKeyArn',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'Runtime',
  'RuntimeManagementConfig',
  'SnapStart',
  'TenancyConfig',
  'Timeout',
  'VpcConfig',
];

const MANAGED = 'arn:${AWS::Partition}:iam::aws:policy/service-role';
/** What a role needs to poll, by the kind of event. */
const POLLING: Readonly<Record<string, string>> = {
  DynamoDB: 'AWSLambdaDynamoDBExecutionRole',
  Kinesis: 'AWSLambdaKinesisExecutionRole',
  SQS: 'AWSLambdaSQSQueueExecutionRole',
};

interface Alias {
  readonly id: string;
  readonly name: string;
}

/** Adds what a function of the template stands for. */
export function transformFunction(target: Target, source: Source): void {
  const { id, properties, attributes: from } = source;
  const code = codeOf(id, properties);
  const events = Object.entries(objectOf(properties['Events']));
  const ends = destinationsOf(target, source);
  const role = properties['Role'] ?? addRole(target, source, { events, ends });
  const { Tracing: tracing, DeadLetterQueue: dead } = properties;
  target.resources[id] = {
    ...from,
    Type: 'AWS::Lambda::Function',
    Properties: present({
      Code: code,
      ...pick(properties, SAME),
      Role: role,
      Tags: tagList(properties['Tags'], CREATED_BY),
      TracingConfig:
        tracing === undefined || tracing === 'Disabled' ? undefined : { Mode: tracing },
      DeadLetterConfig: dead === undefined ? undefined : pick(objectOf(dead), ['TargetArn']),
    }),
  };
  const alias = addAlias(target, source, code);
  const name = alias === undefined ? ref(id) : ref(alias.id);
  const fn: FunctionTarget = {
    id,
    name,
    arn: alias === undefined ? attribute(id, 'Arn') : ref(alias.id),
  };
  addInvokeConfig(target, source, { alias, ends });
  addUrl(target, source, fn, alias);
  for (const [event, definition] of events) {
    transformEvent(target, { fn, event, definition: objectOf(definition), from });
  }
}

function codeOf(id: string, properties: JsonObject): JsonObject {
  const { InlineCode: text, CodeUri: uri, ImageUri: image } = properties;
  if (text !== undefined) return { ZipFile: text };
  if (image !== undefined) return { ImageUri: image };
  if (uri === undefined) return invalid(id, "Missing required property 'CodeUri'.");
  return objectAddress(uri, id);
}

interface RoleNeeds {
  readonly events: readonly (readonly [string, Json | undefined])[];
  readonly ends: Destinations;
}

/** By `OnSuccess` and `OnFailure`. */
type Destinations = readonly (readonly [string, JsonObject])[];

/** Where results of asynchronous invocations go. */
function destinationsOf(
  target: Target,
  { id, properties, attributes: from }: Source,
): Destinations {
  const { DestinationConfig: destinations } = objectOf(properties['EventInvokeConfig']);
  return Object.entries(objectOf(destinations)).map(([name, end]) => [
    name,
    destinationOf(target, { id, name, from }, objectOf(end)),
  ]);
}

function addRole(
  target: Target,
  { id, properties, attributes: from }: Source,
  { events, ends }: RoleNeeds,
): Json {
  const roleId = `${id}Role`;
  const { managed, inline } = readPolicies(id, properties['Policies']);
  const basic = properties['VpcConfig'] === undefined ? 'Basic' : 'VPCAccess';
  const polling = events.flatMap(
    ([, event]) => ownOf(POLLING, toText(objectOf(event)['Type'])) ?? [],
  );
  const own = [`AWSLambda${basic}ExecutionRole`, ...new Set(polling)];
  const tracing = properties['Tracing'] === 'Active' ? [xrayPolicy()] : [];
  const sends = [
    ...sendPolicies('DeadLetterQueuePolicy', objectOf(properties['DeadLetterQueue'])),
    ...ends.flatMap(([name, end]) => sendPolicies(`${id}EventInvokeConfig${name}Policy`, end)),
    ...events.flatMap(([name, event]) => mappingPolicies(`${id}${name}`, objectOf(event))),
  ];
  const policies = [...sends, ...inline];
  add(target, roleId, 'AWS::IAM::Role', {
    from,
    properties: {
      AssumeRolePolicyDocument: properties['AssumeRolePolicyDocument'] ?? LAMBDA_TRUST,
      ManagedPolicyArns: [...own.map((name) => sub(`${MANAGED}/${name}`)), ...tracing, ...managed],
      Path: properties['RolePath'],
      PermissionsBoundary: properties['PermissionsBoundary'],
      Policies: policies.length === 0 ? undefined : policies,
      Tags: tagList(properties['PropagateTags'] === true ? properties['Tags'] : {}, CREATED_BY),
    },
  });
  return attribute(roleId, 'Arn');
}

/** What a mapping could not have handled goes where its function's role may send it. */
function mappingPolicies(id: string, { Properties: properties }: JsonObject): JsonObject[] {
  const { OnFailure: end } = objectOf(objectOf(properties)['DestinationConfig']);
  return sendPolicies(`${id}Policy`, objectOf(end));
}

function xrayPolicy(): Json {
  return sub('arn:${AWS::Partition}:iam::aws:policy/AWSXrayWriteOnlyAccess');
}

/** With `AutoPublishAlias` each new code becomes a version, to which the alias leads. */
function addAlias(
  target: Target,
  { id, properties, attributes: from }: Source,
  code: JsonObject,
): Alias | undefined {
  const { AutoPublishAlias: given } = properties;
  if (given === undefined) return undefined;
  const name = knownText(given, target.context);
  if (name === undefined)
    return invalid(id, "'AutoPublishAlias' must be a string or a Ref to a template parameter");
  const isAll = properties['AutoPublishAliasAllProperties'] === true;
  const content = properties['AutoPublishCodeSha256'] ?? (isAll ? properties : code);
  const versionId = `${id}Version${hashOf(content)}`;
  target.resources[versionId] = {
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: properties['VersionDeletionPolicy'] ?? 'Retain',
    UpdateReplacePolicy: 'Retain',
    ...pick(from, ['Condition']),
    Properties: present({ FunctionName: ref(id), Description: properties['VersionDescription'] }),
  };
  target.generated.set(`${id}.Version`, versionId);
  const aliasId = `${id}Alias${name.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  target.generated.set(`${id}.Alias`, aliasId);
  add(target, aliasId, 'AWS::Lambda::Alias', {
    from,
    properties: {
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: attribute(versionId, 'Version'),
      ProvisionedConcurrencyConfig: properties['ProvisionedConcurrencyConfig'],
    },
  });
  return { id: aliasId, name };
}

function addInvokeConfig(
  target: Target,
  { id, properties, attributes: from }: Source,
  { alias, ends }: { readonly alias: Alias | undefined; readonly ends: Destinations },
): void {
  const { EventInvokeConfig: config } = properties;
  if (config === undefined) return;
  const { DestinationConfig: _, ...rest } = objectOf(config);
  const addresses = ends.map(([name, end]) => [name, pick(end, ['Destination'])]);
  add(target, `${id}EventInvokeConfig`, 'AWS::Lambda::EventInvokeConfig', {
    from,
    dependsOn: alias?.id,
    properties: {
      ...rest,
      FunctionName: ref(id),
      Qualifier: alias?.name ?? '$LATEST',
      DestinationConfig: ends.length === 0 ? undefined : Object.fromEntries(addresses),
    },
  });
}

function addUrl(
  target: Target,
  { id, properties, attributes: from }: Source,
  { name }: FunctionTarget,
  alias: Alias | undefined,
): void {
  const { FunctionUrlConfig: config } = properties;
  if (config === undefined) return;
  const { AuthType } = objectOf(config);
  add(target, `${id}Url`, 'AWS::Lambda::Url', {
    from,
    dependsOn: alias?.id,
    properties: {
      ...pick(objectOf(config), ['AuthType', 'Cors', 'InvokeMode']),
      TargetFunctionArn: ref(id),
      Qualifier: alias?.name,
    },
  });
  if (AuthType !== 'NONE') return;
  const shared = { FunctionName: name, Principal: '*' };
  add(target, `${id}UrlPublicPermissions`, 'AWS::Lambda::Permission', {
    from,
    properties: { ...shared, Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
  });
  add(target, `${id}URLInvokeAllowPublicAccess`, 'AWS::Lambda::Permission', {
    from,
    properties: { ...shared, Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  });
}
