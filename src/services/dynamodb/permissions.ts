import { definePermissions, objectsOf, textOf } from '#aws/access/index.ts';
import type { Call, KeyValues, Need, ParsedInput, Permissions } from '#aws/operation.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import { isObject } from '#kernel/json.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { leadingKeysOf } from './leading-keys.ts';
import type { Dynamodb } from './operations/dependencies.ts';
import { boundsOf } from './partiql/key-conditions.ts';
import { parseStatement, type Statement } from './partiql/parse-statement.ts';
import { requestedKeys } from './requested-keys.ts';
import { findIndex, type Table } from './tables/table.ts';

type Place = Call['context'];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export function dynamodbPermissions(dynamodb: Pick<Dynamodb, 'database' | 'tables'>): Permissions {
  return {
    async needsOf(call) {
      const several = await severalNeeds(call);
      const { database, tables } = dynamodb;
      const keys = await database.read(async (queries): Promise<KeyValues> => {
        const findTable: FindTable = async (arn) => {
          const { accountId = '', region = '', resource = '' } = parseArn(arn) ?? {};
          const name = resource.replace(/^table\//, '');
          return tables.find(queries, { accountId, region, name });
        };
        return {
          ...requestedKeys(call),
          'dynamodb:LeadingKeys': await leadingKeysOf(call, findTable),
          'dynamodb:FullTableScan': await fullScanOf(call, findTable),
        };
      });
      return several.map((need) => ({ ...need, keys: { ...need.keys, ...keys } }));
    },
  };
}

type FindTable = (arn: string) => Promise<Table | undefined>;

/** Whether a statement reads a whole table or index; absent where that is not asked. */
async function fullScanOf(
  { operation, input, context }: Call,
  findTable: FindTable,
): Promise<string | undefined> {
  const statement = operation === 'ExecuteStatement' ? statementOf(input) : undefined;
  if (statement?.kind !== 'select') return undefined;
  const table = await findTable(arnOf(context, statement.table));
  const { index: name = '' } = statement;
  const keys = table && (findIndex(table, name)?.keys ?? table.keys);
  return String(keys === undefined || boundsOf(keys, statement.where).size === 0);
}

/** Streams are a service of their own, with the actions of DynamoDB. */
export const STREAMS_PERMISSIONS: Permissions = definePermissions({
  prefix: 'dynamodb',
  resourcesOf: ({ input }) =>
    // An iterator begins with its stream's ARN.
    textOf(input, 'StreamArn') ?? textOf(input, 'ShardIterator')?.split('|')[0],
});

const SINGLE = definePermissions({
  prefix: 'dynamodb',
  actions: { DescribeEndpoints: [] },
  resourcesOf: ({ input, context }) => {
    const index = textOf(input, 'IndexName');
    const part = index === undefined ? '' : `/index/${index}`;
    const named = NAMES.flatMap((member) => {
      const name = textOf(input, member);
      return name === undefined ? [] : [`${arnOf(context, name)}${part}`];
    });
    return named.length === 0 ? undefined : named;
  },
});

/** Members that name what an operation is about; an operation with several is about each of them. */
const NAMES: readonly string[] = [
  'BackupArn',
  'ExportArn',
  'ResourceArn',
  'SourceTableArn',
  'SourceTableName',
  'TableArn',
  'TableName',
  'TargetTableName',
];

/** Batches need their action on each table; transactions need the action of each of their parts. */
function severalNeeds(call: Call): readonly Need[] | Promise<readonly Need[]> {
  const { operation, input, context } = call;
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return tablesOf(input).map((table) => needOf(context, operation, table));
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return objectsOf(input, 'TransactItems').flatMap((item) =>
        Object.entries(item).map(([part, one]) =>
          needOf(context, TRANSACTED[part] ?? part, isObject(one) ? one['TableName'] : undefined),
        ),
      );
    case 'ExecuteStatement':
      return [statementNeed(context, input)];
    case 'ExportTableToPointInTime':
      return exportNeeds(call);
    case 'BatchExecuteStatement':
      return objectsOf(input, 'Statements').map((one) => statementNeed(context, one));
    case 'ExecuteTransaction':
      return objectsOf(input, 'TransactStatements').map((one) => statementNeed(context, one));
    default:
      return SINGLE.needsOf(call);
  }
}

const TRANSACTED: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

const STATEMENT_ACTIONS: Readonly<Record<Statement['kind'], string>> = {
  delete: 'PartiQLDelete',
  exists: 'ConditionCheckItem',
  insert: 'PartiQLInsert',
  select: 'PartiQLSelect',
  update: 'PartiQLUpdate',
};

/** A statement that cannot be read is refused by the operation, to whom may everything. */
function statementNeed(context: Place, input: ParsedInput): Need {
  const statement = statementOf(input);
  if (statement === undefined) return { action: 'dynamodb:PartiQLSelect', resource: '*' };
  const need = needOf(context, STATEMENT_ACTIONS[statement.kind], statement.table);
  const index = statement.kind === 'select' ? statement.index : undefined;
  return index === undefined ? need : { ...need, resource: `${need.resource}/index/${index}` };
}

function statementOf(input: ParsedInput): Statement | undefined {
  const parameters = input['Parameters'];
  // Validated against the model: a list of attribute values.
  const values = (Array.isArray(parameters) ? parameters : []) as Parameters<
    typeof parseStatement
  >[1];
  try {
    return parseStatement(textOf(input, 'Statement') ?? '', values);
  } catch {
    return undefined;
  }
}

/** Whoever exports a table writes to the bucket himself. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html */
async function exportNeeds(call: Call): Promise<readonly Need[]> {
  const [bucket, prefix] = [textOf(call.input, 'S3Bucket'), textOf(call.input, 'S3Prefix')];
  const folder = prefix === undefined ? '' : `${prefix}/`;
  const resource = `arn:aws:s3:::${bucket}/${folder}AWSDynamoDB/*`;
  return [...(await SINGLE.needsOf(call)), { action: 's3:PutObject', resource }];
}

/** The tables of a batch, each once. */
function tablesOf({ RequestItems: items }: ParsedInput): readonly string[] {
  return isObject(items) ? Object.keys(items) : [];
}

function needOf(context: Place, action: string, table: unknown): Need {
  return { action: `dynamodb:${action}`, resource: arnOf(context, String(table)) };
}

function arnOf({ accountId, region }: Place, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return formatArn('dynamodb', region, accountId, `table/${nameOrArn}`);
}

/** The policies of tables, which hold for their indexes too, and of streams. */
export function tablePolicies({ tables }: Dynamodb): ResourcePolicies {
  return {
    async find(queries, _action, text) {
      const arn = parseArn(text);
      const [kind, name = '', part] = arn?.resource.split('/') ?? [];
      if (arn === undefined || kind !== 'table') return undefined;
      const { accountId, region } = arn;
      const table = await tables.find(queries, { accountId, region, name });
      if (table === undefined) return undefined;
      const policy = part === 'stream' ? table.streamPolicy : table.policy;
      const tags = Object.fromEntries(table.tags.map(({ Key, Value }) => [Key, Value]));
      return { accountId, tags, ...(policy === undefined ? {} : { policy: policy.policy }) };
    },
  };
}
