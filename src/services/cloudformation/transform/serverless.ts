/**
 * The transform AWS::Serverless-2016-10-31: functions, tables, layers and APIs in few words become what they stand for.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
 */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { impliedApis, transformApi, transformHttpApi } from './apis.ts';
import { takeConnectors, transformConnector } from './connectors.ts';
import { transformFunction } from './function.ts';
import { withGenerated } from './generated-names.ts';
import {
  hashOf,
  invalid,
  objectAddress,
  objectOf,
  pick,
  present,
  tagList,
  type Source,
  type Target,
  type TransformContext,
} from './parts.ts';
import { ownOf } from '../own.ts';
import { toText } from '../text.ts';

export type { TransformContext } from './parts.ts';

type TransformResource = (target: Target, source: Source) => void;

const SERVERLESS = 'AWS::Serverless::';

/** In this order: events of functions add to APIs. */
const TYPES: readonly (readonly [string, TransformResource])[] = [
  ['SimpleTable', transformTable],
  ['LayerVersion', transformLayer],
  ['Application', transformApplication],
  ['Function', transformFunction],
  ['Api', transformApi],
  ['HttpApi', transformHttpApi],
];

/** A template without types of AWS::Serverless. @throws AwsError ValidationError */
export function transformServerless(tree: JsonObject, context: TransformContext): JsonObject {
  const { Globals: globals, ...rest } = tree;
  const { resources: given, connectors } = takeConnectors(objectOf(rest['Resources']));
  const target: Target = {
    resources: plainResources(given),
    context,
    routes: new Map(),
    generated: new Map(layerNames(given, objectOf(globals))),
  };
  const known = new Set(TYPES.map(([name]) => `${SERVERLESS}${name}`));
  for (const [id, resource] of Object.entries(given)) {
    const type = toText(objectOf(resource)['Type']);
    if (type.startsWith(SERVERLESS) && !known.has(type)) {
      invalid(id, `Hearth does not know the type ${type}.`);
    }
  }
  for (const [name, transform] of TYPES) {
    const implied = name.endsWith('Api') ? impliedApis(target, objectOf(globals)) : [];
    for (const [id, resource] of [...Object.entries(given), ...implied]) {
      const { Type: type, Properties: properties, ...attributes } = objectOf(resource);
      if (type !== `${SERVERLESS}${name}`) continue;
      const defaults = objectOf(objectOf(globals)[name]);
      const merged = objectOf(merge(defaults, properties ?? {}));
      transform(target, { id, properties: merged, attributes });
    }
  }
  for (const connector of connectors) transformConnector(target, connector);
  const outputs =
    rest['Outputs'] === undefined
      ? {}
      : { Outputs: withGenerated(rest['Outputs'], target.generated) };
  return { ...rest, Resources: withGenerated(target.resources, target.generated), ...outputs };
}

/** Those that are nothing of the transform's; APIs stay until their events are known. */
function plainResources(given: JsonObject): Record<string, Json> {
  const entries = Object.entries(given).flatMap(([id, resource]): [string, Json][] =>
    resource === undefined ? [] : [[id, resource]],
  );
  const isKept = (resource: Json): boolean => {
    const type = toText(objectOf(resource)['Type']);
    return !type.startsWith(SERVERLESS) || type.endsWith('Api');
  };
  return Object.fromEntries(entries.filter(([, resource]) => isKept(resource)));
}

/** Maps are merged, lists joined, and the resource's own value wins. */
function merge(defaults: Json | undefined, own: Json | undefined): Json | undefined {
  if (own === undefined) return defaults;
  if (Array.isArray(defaults) && Array.isArray(own)) return [...defaults, ...own];
  if (!isObject(defaults) || !isObject(own)) return own;
  const [a, b] = [defaults, own];
  const isFunction = (value: JsonObject): boolean =>
    Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (isFunction(a) || isFunction(b)) return own;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(a[key], b[key])]));
}

function transformTable(target: Target, { id, properties, attributes }: Source): void {
  const { PrimaryKey: key, ProvisionedThroughput: throughput, Tags: tags } = properties;
  const { Name: name = 'id', Type: type = 'String' } = objectOf(key);
  const kinds: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' };
  target.resources[id] = {
    ...attributes,
    Type: 'AWS::DynamoDB::Table',
    Properties: present({
      AttributeDefinitions: [
        { AttributeName: name, AttributeType: ownOf(kinds, toText(type)) ?? 'S' },
      ],
      KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
      ...pick(properties, ['TableName', 'SSESpecification', 'PointInTimeRecoverySpecification']),
      ...(throughput === undefined
        ? { BillingMode: 'PAY_PER_REQUEST' }
        : { ProvisionedThroughput: throughput }),
      Tags: tags === undefined ? undefined : tagList(tags),
    }),
  };
}

/** A stack within: its template is in S3, where `sam package` has put it. */
function transformApplication(target: Target, { id, properties, attributes }: Source): void {
  const { Location: location, Tags: tags } = properties;
  if (location === undefined || 'ApplicationId' in objectOf(location)) {
    invalid(id, 'Hearth knows applications by the address of their template alone.');
  }
  target.resources[id] = {
    ...attributes,
    Type: 'AWS::CloudFormation::Stack',
    Properties: present({
      TemplateURL: location,
      ...pick(properties, ['NotificationARNs', 'Parameters', 'TimeoutInMinutes']),
      Tags: tagList(tags, { 'lambda:createdBy': 'SAM' }),
    }),
  };
}

/** The id of a layer's version has the hash of what it is made of: another content is another version. */
function layerIdOf(id: string, properties: JsonObject): string {
  return `${id}${hashOf(properties)}`;
}

function transformLayer(target: Target, { id, properties, attributes }: Source): void {
  const { ContentUri: uri, RetentionPolicy: retention = 'Retain' } = properties;
  target.resources[layerIdOf(id, properties)] = {
    ...attributes,
    Type: 'AWS::Lambda::LayerVersion',
    DeletionPolicy: retention === 'Delete' ? 'Delete' : 'Retain',
    Properties: present({
      Content: objectAddress(uri, id),
      LayerName: properties['LayerName'] ?? id,
      ...pick(properties, [
        'CompatibleArchitectures',
        'CompatibleRuntimes',
        'Description',
        'LicenseInfo',
      ]),
    }),
  };
}

function layerNames(given: JsonObject, globals: JsonObject): ReadonlyMap<string, string> {
  const layers = Object.entries(given).filter(
    ([, resource]) => objectOf(resource)['Type'] === `${SERVERLESS}LayerVersion`,
  );
  return new Map(
    layers.map(([id, resource]) => {
      const own = objectOf(resource)['Properties'] ?? {};
      return [id, layerIdOf(id, objectOf(merge(objectOf(globals['LayerVersion']), own)))];
    }),
  );
}
