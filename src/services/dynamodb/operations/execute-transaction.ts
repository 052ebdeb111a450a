import type {
  ExecuteTransactionInput,
  ExecuteTransactionOutput,
  ItemResponse,
  Operations,
} from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { validation } from '../errors.ts';
import { readUnits } from '../items/capacity.ts';
import { splitKey } from '../partiql/key-conditions.ts';
import {
  parseStatement,
  type SelectStatement,
  type Statement,
} from '../partiql/parse-statement.ts';
import { select } from '../partiql/select.ts';
import { actionOf } from '../partiql/write-action.ts';
import { itemBytes } from '../value/size.ts';
import type { Attributes } from '../value/value.ts';
import { assertOneKind } from './batch-execute-statement.ts';
import { CapacityTally } from './capacity-tally.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { TRANSACTION_FACTOR } from './transact-get-items.ts';
import type { TransactAction } from './transact-actions.ts';
import { isKnownRequest, planAll, writeAll } from './transaction.ts';

/**
 * All statements or none.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
 */
export function executeTransaction(dynamodb: Dynamodb): Operations['ExecuteTransaction'] {
  return async (context, input) => {
    const statements = input.TransactStatements.map(({ Statement, Parameters }) =>
      parseStatement(Statement, Parameters),
    );
    assertOneKind(statements);
    const reads = statements.filter((statement) => statement.kind === 'select');
    return reads.length > 0
      ? readStatements(dynamodb, context, reads, input.ReturnConsumedCapacity)
      : writeStatements(dynamodb, context, statements, input);
  };
}

async function readStatements(
  dynamodb: Dynamodb,
  context: RequestContext,
  statements: readonly SelectStatement[],
  wanted: string | undefined,
): Promise<ExecuteTransactionOutput> {
  return dynamodb.database.read(async (queries) => {
    const tally = new CapacityTally(wanted, 'read');
    const responses: ItemResponse[] = [];
    for (const statement of statements) {
      const table = await requireTable(dynamodb, queries, context, statement.table);
      if (splitKey(table.keys, statement.where).key === undefined) {
        throw validation(
          'Where clause does not contain a mandatory equality on all key attributes',
        );
      }
      const { Items = [] } = await select(queries, table, statement, { isConsistent: true });
      const item = Items[0] as Attributes | undefined; // The store's own attributes.
      responses.push(item ? { Item: item } : {});
      const units = readUnits(item ? itemBytes(item) : 0, true) * TRANSACTION_FACTOR;
      tally.add(table, { table: units, indexes: new Map() });
    }
    return { Responses: responses, ...tally.output() };
  });
}

async function writeStatements(
  dynamodb: Dynamodb,
  context: RequestContext,
  statements: readonly Statement[],
  input: ExecuteTransactionInput,
): Promise<ExecuteTransactionOutput> {
  return dynamodb.database.transact(async (tx) => {
    const isRepeated = await isKnownRequest(dynamodb, tx, context, input);
    const actions: TransactAction[] = [];
    for (const [index, statement] of statements.entries()) {
      if (statement.kind === 'select') continue;
      const table = await requireTable(dynamodb, tx, context, statement.table);
      const returnValues = input.TransactStatements[index]?.ReturnValuesOnConditionCheckFailure;
      actions.push(actionOf(table, statement, returnValues));
    }
    const planned = await planAll(dynamodb, tx, context, actions);
    const tally = new CapacityTally(input.ReturnConsumedCapacity, isRepeated ? 'read' : 'write');
    if (!isRepeated) await writeAll(dynamodb, tx, planned, tally);
    return { Responses: [], ...tally.output() };
  });
}
