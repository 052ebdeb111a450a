/** AWS::Events::*, beside buses and rules: who may put events, what is kept of them, and where else they go. */
import { isObject, parseJson, type Json, type JsonObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import { answered, gone, nameBy, ownName, structuresOf, without } from './shared.ts';
import {
  textOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';

const NAME_LENGTH_MAX = 64;
const ARCHIVE_NAME_LENGTH_MAX = 48;

const BUS_POLICY: ResourceType = {
  properties: words('Action Condition EventBusName Principal Statement StatementId'),
  required: ['StatementId'],
  replacing: words('EventBusName StatementId'),
  async create(work) {
    await putStatement(work);
    const { StatementId } = work.properties;
    return { physicalId: `${busOf(work.properties)}|${toText(StatementId)}` };
  },
  async update(work, { physicalId }) {
    await putStatement(work);
    return { physicalId };
  },
  async delete(work, { properties }) {
    const { EventBusName, StatementId } = properties;
    await work.hold(busOf(properties));
    await gone(work.call('events', 'RemovePermission', { EventBusName, StatementId }));
  },
};

function busOf({ EventBusName = 'default' }: JsonObject): string {
  return toText(EventBusName);
}

/**
 * A statement that is written out stands among the others of its bus, in the place of the one of its id. They are read
 * and written as one: nobody else writes one between.
 */
async function putStatement(work: Work): Promise<void> {
  await work.hold(busOf(work.properties));
  const { EventBusName, Statement: statement, StatementId } = work.properties;
  if (!isObject(statement)) {
    await work.call('events', 'PutPermission', work.properties);
    return;
  }
  const bus = await work.call('events', 'DescribeEventBus', { Name: EventBusName });
  const policy = parseJson(textOf(bus, 'Policy') ?? '{}');
  const known = isObject(policy) ? structuresOf(policy['Statement']) : [];
  const others = known.filter(({ Sid }) => Sid !== StatementId);
  const Statement: Json = [...others, { ...statement, Sid: toText(StatementId) }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await work.call('events', 'PutPermission', { EventBusName, Policy });
}

/** What is made under a name, updated and deleted by it. */
interface Named {
  /** `Archive`: of the operations' names. */
  readonly name: string;
  /** As the operations call its name, where templates may call it `Name`. */
  readonly nameMember: string;
  readonly nameProperty: string;
  readonly lengthMax: number;
  readonly properties: readonly string[];
  readonly required: readonly string[];
  readonly replacing: readonly string[];
  /** What the operations call otherwise than templates do. */
  inputOf?(work: Work): Values;
  /** The answer to a creation or to a look. */
  attributesOf(answer: Values): NonNullable<Made['attributes']>;
}

function named({ name, nameMember, nameProperty, lengthMax, ...type }: Named): ResourceType {
  const { properties, required, replacing, inputOf = () => ({}), attributesOf } = type;
  const nameOf = nameBy(nameProperty, lengthMax);
  const input = (work: Work, own: string): Values => ({
    ...without(work.properties, nameProperty),
    ...inputOf(work),
    [nameMember]: own,
  });
  return {
    properties,
    required,
    replacing: [...replacing, nameProperty],
    unclaimed: ownName(nameProperty, nameOf),
    async create(work) {
      const own = nameOf(work);
      await work.call('events', `Create${name}`, input(work, own));
      await work.claim(own);
      const answer = await work.call('events', `Describe${name}`, { [nameMember]: own });
      return { physicalId: own, attributes: attributesOf(answer) };
    },
    async update(work, { physicalId }) {
      await work.call('events', `Update${name}`, input(work, physicalId));
      return { physicalId };
    },
    delete: (work, { physicalId }) =>
      gone(work.call('events', `Delete${name}`, { [nameMember]: physicalId })),
  };
}

export const EVENT_PART_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Events::ApiDestination': named({
    name: 'ApiDestination',
    nameMember: 'Name',
    nameProperty: 'Name',
    lengthMax: NAME_LENGTH_MAX,
    properties: words(
      'ConnectionArn Description HttpMethod InvocationEndpoint InvocationRateLimitPerSecond Name',
    ),
    required: words('ConnectionArn HttpMethod InvocationEndpoint'),
    replacing: [],
    attributesOf: (answer) => withoutId(answered(answer, 'ApiDestinationArn')),
  }),
  'AWS::Events::Archive': named({
    name: 'Archive',
    nameMember: 'ArchiveName',
    nameProperty: 'ArchiveName',
    lengthMax: ARCHIVE_NAME_LENGTH_MAX,
    properties: words(
      'ArchiveName Description EventPattern KmsKeyIdentifier RetentionDays SourceArn',
    ),
    required: ['SourceArn'],
    replacing: ['SourceArn'],
    inputOf: ({ properties: { SourceArn: EventSourceArn } }) => ({ EventSourceArn }),
    attributesOf: (answer) => ({
      Arn: answered(answer, 'ArchiveArn'),
      ArchiveName: answered(answer, 'ArchiveName'),
    }),
  }),
  'AWS::Events::Connection': named({
    name: 'Connection',
    nameMember: 'Name',
    nameProperty: 'Name',
    lengthMax: NAME_LENGTH_MAX,
    properties: words(`AuthorizationType AuthParameters Description InvocationConnectivityParameters
      KmsKeyIdentifier Name`),
    required: [],
    replacing: [],
    attributesOf: (answer) => ({
      ...withoutId(answered(answer, 'ConnectionArn')),
      SecretArn: answered(answer, 'SecretArn'),
    }),
  }),
  'AWS::Events::EventBusPolicy': BUS_POLICY,
};

/** Policies name connections and destinations without the id at their end. */
function withoutId(Arn: string) {
  return { Arn, ArnForPolicy: Arn.slice(0, Arn.lastIndexOf('/')) };
}
