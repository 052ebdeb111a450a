import type {
  BatchExecuteStatementInput,
  BatchStatementRequest,
  BatchStatementResponse,
  ConsumedCapacity,
  Operations,
} from '#aws/models/dynamodb.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import type { RequestContext } from '#aws/operation.ts';
import { validation } from '../errors.ts';
import { splitKey } from '../partiql/key-conditions.ts';
import {
  parseStatement,
  type SelectStatement,
  type Statement,
} from '../partiql/parse-statement.ts';
import { select, type SelectOptions } from '../partiql/select.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { executeWrite } from './execute-statement.ts';

/** What a statement answered by itself. */
interface Executed {
  readonly response: BatchStatementResponse;
  readonly capacity?: ConsumedCapacity | undefined;
}

/**
 * Statements one by one: a fault of one is its own.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
export function batchExecuteStatement(dynamodb: Dynamodb): Operations['BatchExecuteStatement'] {
  return async (context, input) => {
    const parsed = input.Statements.map(({ Statement, Parameters }) =>
      attempt(() => parseStatement(Statement, Parameters)),
    );
    assertOneKind(parsed);
    const executed: Executed[] = [];
    for (const [index, request] of input.Statements.entries()) {
      const statement = parsed[index];
      if (statement === undefined) continue;
      executed.push(
        statement instanceof AwsError
          ? { response: failureOf(statement) }
          : await execute(dynamodb, context, { input, request, statement }),
      );
    }
    const capacities = executed.flatMap(({ capacity }) => capacity ?? []);
    return {
      Responses: executed.map(({ response }) => response),
      ...(capacities.length === 0 ? {} : { ConsumedCapacity: capacities }),
    };
  };
}

function attempt(parse: () => Statement): Statement | AwsError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

/** @throws ValidationException where reads and writes come together */
export function assertOneKind(statements: readonly (Statement | AwsError)[]): void {
  const isRead = statements.flatMap((statement) =>
    statement instanceof AwsError ? [] : [statement.kind === 'select'],
  );
  if (new Set(isRead).size < 2) return;
  throw validation('Statements must be all read operations or all write operations');
}

interface BatchStatement {
  readonly input: BatchExecuteStatementInput;
  readonly request: BatchStatementRequest;
  readonly statement: Statement;
}

async function execute(
  dynamodb: Dynamodb,
  context: RequestContext,
  { input, request, statement }: BatchStatement,
): Promise<Executed> {
  const { ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure } = { ...request, ...input };
  const wanted = {
    ...(ReturnConsumedCapacity === undefined ? {} : { ReturnConsumedCapacity }),
    ...(ReturnValuesOnConditionCheckFailure === undefined
      ? {}
      : { ReturnValuesOnConditionCheckFailure }),
  };
  try {
    const { Items = [], ConsumedCapacity: capacity } =
      statement.kind === 'select'
        ? await selectOne(dynamodb, context, statement, {
            isConsistent: request.ConsistentRead === true,
            wanted: ReturnConsumedCapacity,
          })
        : await executeWrite(dynamodb, context, statement, wanted);
    const [Item] = Items;
    return { response: { TableName: statement.table, ...(Item && { Item }) }, capacity };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { response: failureOf(error, statement.table) };
  }
}

async function selectOne(
  dynamodb: Dynamodb,
  context: RequestContext,
  statement: SelectStatement,
  options: SelectOptions,
) {
  return dynamodb.database.read(async (queries) => {
    const table = await requireTable(dynamodb, queries, context, statement.table);
    if (splitKey(table.keys, statement.where).key === undefined) {
      throw validation(
        'Select statements within BatchExecuteStatement must specify the primary key in the where clause.',
      );
    }
    return select(queries, table, statement, options);
  });
}

/** The codes of a batch lack `Exception`; those of validation are named by what was found. */
const CODES: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  DuplicateItemException: 'DuplicateItem',
  ResourceNotFoundException: 'ResourceNotFound',
  ValidationException: 'ValidationError',
};

function failureOf(error: AwsError, table?: string): BatchStatementResponse {
  const { code, message, fields } = error;
  const known = CODES[code];
  if (known === undefined) throw error;
  const item = fields?.['Item'] as BatchStatementResponse['Item']; // conditionFailed gave it.
  return {
    Error: { Code: known, Message: message, ...(item && { Item: item }) },
    ...(table === undefined ? {} : { TableName: table }),
  };
}
