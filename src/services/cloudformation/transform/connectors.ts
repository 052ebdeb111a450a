/** AWS::Serverless::Connector, and `Connectors` beside a resource's properties: policies that let one in to another. */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import { CONNECTIONS, type Category, type Connection, type Grant } from './connections.ts';
import { add, attribute, invalid, listOf, objectOf, ref, sub, type Target } from './parts.ts';

const CONNECTOR = 'AWS::Serverless::Connector';
const VERSION = '2012-10-17';
const MAPPING = 'AWS::Lambda::EventSourceMapping';

/** What SAM's types become. */
const BECOME: Readonly<Record<string, string>> = {
  'AWS::Serverless::Api': 'AWS::ApiGateway::RestApi',
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::HttpApi': 'AWS::ApiGatewayV2::Api',
  'AWS::Serverless::SimpleTable': 'AWS::DynamoDB::Table',
};

/** One that was asked for. */
export interface Connector {
  readonly id: string;
  readonly properties: JsonObject;
  readonly attributes: JsonObject;
}

/** One end of a connection, as far as the template tells. */
interface End {
  readonly type: string;
  /** Its logical id, where it is of this template. */
  readonly id?: string;
  readonly arn: Json | undefined;
  /** A queue's URL, or an API's id. */
  readonly name: Json | undefined;
  readonly role: Json | undefined;
  readonly qualifier: Json;
}

/** All connectors of a template, and its resources without them. */
export function takeConnectors(given: JsonObject): {
  readonly resources: JsonObject;
  readonly connectors: readonly Connector[];
} {
  const connectors: Connector[] = [];
  const resources = Object.entries(given).flatMap(([id, resource]): [string, Json][] => {
    const { Type, Connectors, ...rest } = objectOf(resource);
    if (Type === CONNECTOR) {
      const { Properties: properties, ...attributes } = rest;
      connectors.push({ id, properties: objectOf(properties), attributes });
      return [];
    }
    if (!isObject(Connectors)) return resource === undefined ? [] : [[id, resource]];
    for (const [name, embedded] of Object.entries(Connectors)) {
      const { Properties: properties, ...attributes } = objectOf(embedded);
      const { SourceReference: reference, ...own } = objectOf(properties);
      const Source = { ...objectOf(reference), Id: id };
      connectors.push({ id: `${id}${name}`, properties: { ...own, Source }, attributes });
    }
    return [[id, { ...(Type === undefined ? {} : { Type }), ...rest }]];
  });
  return { resources: Object.fromEntries(resources), connectors };
}

/** Adds what lets the source of a connector in to each of its destinations. */
export function transformConnector(target: Target, connector: Connector): void {
  const { id, properties } = connector;
  const { Source: source, Destination: destination, Permissions: permissions } = properties;
  if (source === undefined || destination === undefined || permissions === undefined) {
    const missing = { Source: source, Destination: destination, Permissions: permissions };
    const [name] = Object.entries(missing).find(([, value]) => value === undefined) ?? [];
    return invalid(id, `Missing required property '${name}'.`);
  }
  const from = endOf(target, id, source);
  listOf(destination).forEach((one, index) => {
    const suffix = Array.isArray(destination) ? `Destination${index}` : '';
    connect(target, connector, [from, endOf(target, id, one)], suffix);
  });
}

function endOf({ resources }: Target, connector: string, reference: Json): End {
  const given = objectOf(reference);
  const { Id: id, Type, Arn, RoleName, QueueUrl, ResourceId, Qualifier = '*' } = given;
  if (id === undefined) {
    const type = toText(Type ?? '');
    if (type === '') invalid(connector, "'Type' is missing or not a string.");
    const name = QueueUrl ?? ResourceId;
    return { type: BECOME[type] ?? type, arn: Arn, name, role: RoleName, qualifier: Qualifier };
  }
  const resource = resources[toText(id)];
  if (!isObject(resource)) {
    return invalid(connector, `Unable to find resource with logical ID '${toText(id)}'.`);
  }
  const type = toText(resource['Type']);
  const logicalId = toText(id);
  return {
    type,
    id: logicalId,
    arn: type === 'AWS::SNS::Topic' ? ref(logicalId) : attribute(logicalId, 'Arn'),
    name: ref(logicalId),
    role: roleNameOf(objectOf(resource['Properties'])),
    qualifier: Qualifier,
  };
}

/** The name of the role of this template that a function has, or the targets of a rule. */
function roleNameOf({ Role: role, Targets: targets }: JsonObject): Json | undefined {
  const [first] = listOf(targets);
  const { 'Fn::GetAtt': path } = objectOf(role ?? objectOf(first)['RoleArn']);
  const [id, name] = typeof path === 'string' ? path.split('.') : listOf(path);
  return typeof id === 'string' && name === 'Arn' ? ref(id) : undefined;
}

function connect(
  target: Target,
  connector: Connector,
  [source, destination]: readonly [End, End],
  suffix: string,
): void {
  const { id } = connector;
  const between = `from ${source.type} to ${destination.type}`;
  const connection = CONNECTIONS.get(`${source.type} ${destination.type}`);
  if (connection === undefined) {
    const message = `Unable to create connector ${between}; it's not supported or the template is invalid.`;
    return invalid(id, message);
  }
  const categories = categoriesOf(connector, connection, between);
  const place = { target, connector, source, destination, suffix };
  if (connection.kind === 'role') return connectByRole(place, connection, categories);
  if (connection.kind === 'function') return connectByPermission(place, connection.principal);
  return connectByPolicy(place, connection);
}

function categoriesOf(
  { id, properties: { Permissions: permissions } }: Connector,
  connection: Connection,
  between: string,
): readonly Category[] {
  const known = connection.kind === 'role' ? connection.grants : { Write: true };
  const valid = Object.keys(known) as Category[]; // The keys of such a record.
  const asked = [...new Set(listOf(permissions).map(toText))];
  const head = `Unsupported 'Permissions' provided for connector ${between}; valid`;
  if (asked.some((one) => !valid.some((category) => category === one))) {
    return invalid(id, `${head} values are: ${valid.join(', ')}.`);
  }
  if (connection.kind === 'role' && connection.isWhole && asked.length < valid.length) {
    return invalid(id, `${head} combinations are: ${valid.join(' + ')}.`);
  }
  return valid.filter((category) => asked.includes(category));
}

interface Place {
  readonly target: Target;
  readonly connector: Connector;
  readonly source: End;
  readonly destination: End;
  readonly suffix: string;
}

/** A policy of the role that source or destination has. */
function connectByRole(
  { target, connector, source, destination, suffix }: Place,
  { holder, grants, isPolled }: Extract<Connection, { kind: 'role' }>,
  categories: readonly Category[],
): void {
  const isSource = holder === 'source';
  const { role } = isSource ? source : destination;
  const { arn } = isSource ? destination : source;
  const side = isSource ? 'Source' : 'Destination';
  if (role === undefined) {
    return invalid(connector.id, `Unable to get IAM role name from '${side}' resource.`);
  }
  const statementOf = ({ actions, behind }: Grant): JsonObject => ({
    Effect: 'Allow',
    Action: actions,
    Resource: behind.map((end) => resourceOf(requireArn(connector, arn), end)),
  });
  const Statement = categories.flatMap((category) => {
    const found = grants[category];
    return found === undefined ? [] : [statementOf(found)];
  });
  const policyId = `${connector.id}Policy${suffix}`;
  put({ target, connector }, policyId, 'AWS::IAM::ManagedPolicy', {
    PolicyDocument: { Version: VERSION, Statement },
    Roles: [role],
  });
  if (isPolled === true) awaitPolicy(target, policyId, [source, destination]);
}

function resourceOf(arn: Json, behind: string): Json {
  return behind === '' ? arn : sub(`\${Arn}${behind}`, { Arn: arn });
}

function requireArn({ id }: Connector, arn: Json | undefined): Json {
  return arn ?? invalid(id, "Unable to get resource ARN; 'Arn' is missing.");
}

/** Mappings between both are made once the role may read the source. */
function awaitPolicy(
  { resources }: Target,
  policyId: string,
  [source, destination]: readonly [End, End],
): void {
  if (source.id === undefined || destination.id === undefined) return;
  for (const [id, resource] of Object.entries(resources)) {
    const { Type: type, Properties: properties, DependsOn: after } = objectOf(resource);
    if (type !== MAPPING) continue;
    const { EventSourceArn: arn, FunctionName: name } = objectOf(properties);
    const of = (value: Json | undefined): string => JSON.stringify(value ?? '');
    // By its name, or by that of the alias that SAM makes.
    const isOurs = ['"', 'Alias'].some((end) => of(name).includes(`"${destination.id}${end}`));
    const isBetween = isOurs && of(arn).includes(`"${source.id}"`);
    if (!isBetween) continue;
    resources[id] = { ...objectOf(resource), DependsOn: [...listOf(after), policyId] };
  }
}

/** A permission of the function. */
function connectByPermission(place: Place, Principal: string): void {
  const { target, connector, source, destination, suffix } = place;
  const isApi = source.type.startsWith('AWS::ApiGateway');
  const { name: Id = '', qualifier: Qualifier } = source;
  const HERE = 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}';
  put(
    { target, connector },
    `${connector.id}WriteLambdaPermission${suffix}`,
    'AWS::Lambda::Permission',
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: requireArn(connector, destination.arn),
      Principal,
      SourceArn: isApi
        ? sub(`${HERE}:\${Id}/\${Qualifier}`, { Id, Qualifier })
        : requireArn(connector, source.arn),
      ...(source.type === 'AWS::S3::Bucket' ? { SourceAccount: ref('AWS::AccountId') } : {}),
    },
  );
}

/** A policy of the queue or the topic. */
function connectByPolicy(
  { target, connector, source, destination, suffix }: Place,
  { kind, principal }: { readonly kind: 'queue' | 'topic'; readonly principal: string },
): void {
  const isQueue = kind === 'queue';
  const statement = {
    Effect: 'Allow',
    Principal: { Service: principal },
    Resource: requireArn(connector, destination.arn),
    Action: isQueue ? 'sqs:SendMessage' : 'sns:Publish',
    Condition: { ArnEquals: { 'aws:SourceArn': requireArn(connector, source.arn) } },
  };
  const PolicyDocument = { Version: VERSION, Statement: [statement] };
  const [id, type] = isQueue
    ? [`${connector.id}QueuePolicy${suffix}`, 'AWS::SQS::QueuePolicy']
    : [`${connector.id}TopicPolicy${suffix}`, 'AWS::SNS::TopicPolicy'];
  if (!isQueue) {
    const Topics = [requireArn(connector, destination.arn)];
    return put({ target, connector }, id, type, { PolicyDocument, Topics });
  }
  if (destination.name === undefined) {
    return invalid(connector.id, "Unable to get queue URL; 'QueueUrl' is missing.");
  }
  put({ target, connector }, id, type, { PolicyDocument, Queues: [destination.name] });
}

function put(
  { target, connector }: Pick<Place, 'target' | 'connector'>,
  id: string,
  type: string,
  properties: JsonObject,
): void {
  add(target, id, type, { properties, from: connector.attributes });
}
