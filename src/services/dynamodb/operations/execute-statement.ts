import type {
  ExecuteStatementInput,
  ExecuteStatementOutput,
  Operations,
} from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { AwsError } from '#aws/errors.ts';
import { conditionFailed, duplicateItem, validation } from '../errors.ts';
import type { CancellationReason } from '../errors.ts';
import { project } from '../expressions/index.ts';
import { consumedCapacity } from '../items/capacity.ts';
import { CONDITION_FAILED } from '../metrics.ts';
import { parseStatement, type Returning, type WriteStatement } from '../partiql/parse-statement.ts';
import { select } from '../partiql/select.ts';
import { actionOf } from '../partiql/write-action.ts';
import type { Attributes } from '../value/value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { plan, write, type Planned } from './transaction.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html */
export function executeStatement(dynamodb: Dynamodb): Operations['ExecuteStatement'] {
  return async (context, input) => {
    const statement = parseStatement(input.Statement, input.Parameters);
    if (statement.kind !== 'select') return executeWrite(dynamodb, context, statement, input);
    return dynamodb.database.read(async (queries) => {
      const table = await requireTable(dynamodb, queries, context, statement.table);
      return select(queries, table, statement, {
        isConsistent: input.ConsistentRead === true,
        limit: input.Limit,
        nextToken: input.NextToken,
        wanted: input.ReturnConsumedCapacity,
      });
    });
  };
}

/** What a statement that stands alone asks for beside itself. */
export type WriteInput = Pick<
  ExecuteStatementInput,
  'ReturnConsumedCapacity' | 'ReturnValuesOnConditionCheckFailure'
>;

/**
 * Does what a statement says to one item.
 * @throws ConditionalCheckFailedException, DuplicateItemException, ValidationException
 */
export async function executeWrite(
  dynamodb: Dynamodb,
  context: RequestContext,
  statement: WriteStatement,
  input: WriteInput,
): Promise<ExecuteStatementOutput> {
  if (statement.kind === 'exists') {
    throw validation('EXISTS statement is only supported within a transaction.');
  }
  return dynamodb.database.transact(async (tx) => {
    const table = await requireTable(dynamodb, tx, context, statement.table);
    const action = actionOf(table, statement, input.ReturnValuesOnConditionCheckFailure);
    const planned = await plan(dynamodb, tx, context, action);
    const { Code: code } = planned.reason;
    if (code === 'ConditionalCheckFailed') {
      dynamodb.meter(table, { TableName: table.name }, CONDITION_FAILED);
    }
    if (code !== 'None') throw errorOf(planned.reason);
    const units = await write(dynamodb, tx, planned);
    const item = statement.kind === 'insert' ? undefined : returned(statement.returning, planned);
    return {
      Items: item && Object.keys(item).length > 0 ? [item] : [],
      ...consumedCapacity(table, units, { wanted: input.ReturnConsumedCapacity }),
    };
  });
}

function errorOf({ Code, Message = '', Item }: CancellationReason): AwsError {
  if (Code === 'ConditionalCheckFailed') return conditionFailed(Item);
  return Code === 'DuplicateItem' ? duplicateItem() : validation(Message);
}

function returned(
  wanted: Returning | undefined,
  { action, change }: Planned,
): Attributes | undefined {
  if (wanted === undefined) return undefined;
  const item = wanted.endsWith('OLD') ? change?.before?.item : change?.after;
  if (item === undefined || wanted.startsWith('ALL') || action.kind !== 'update') return item;
  const paths = action.actions.map(({ target }) => target.path);
  return project(paths, item);
}
