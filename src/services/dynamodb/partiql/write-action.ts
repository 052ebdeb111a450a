import { validation } from '../errors.ts';
import type { Condition } from '../expressions/syntax.ts';
import type { TransactAction } from '../operations/transact-actions.ts';
import type { Table } from '../tables/table.ts';
import { splitKey } from './key-conditions.ts';
import type { WriteStatement } from './parse-statement.ts';

/**
 * A statement as an action on one item of its table.
 * @throws ValidationException where its WHERE names no whole key
 */
export function actionOf(
  table: Table,
  statement: WriteStatement,
  returnValues: string | undefined,
): TransactAction {
  const common = {
    tableName: statement.table,
    ...(returnValues === undefined ? {} : { returnValues }),
  };
  const isThere = existence(table, 'attribute_exists');
  const isMissing = existence(table, 'attribute_not_exists');
  if (statement.kind === 'insert') {
    return { ...common, kind: 'put', item: statement.item, condition: isMissing, isInsert: true };
  }
  const { key, rest } = splitKey(table.keys, statement.where);
  if (key === undefined) {
    throw validation('Where clause does not contain a mandatory equality on all key attributes');
  }
  const whenThere: Condition = rest ? { kind: 'and', left: isThere, right: rest } : isThere;
  switch (statement.kind) {
    case 'update':
      return { ...common, kind: 'update', key, actions: statement.actions, condition: whenThere };
    case 'exists':
      return { ...common, kind: 'check', key, condition: whenThere };
    default: {
      // To delete nothing is no fault.
      const condition: Condition | undefined = rest && { kind: 'or', left: isMissing, right: rest };
      return { ...common, kind: 'delete', key, ...(condition && { condition }) };
    }
  }
}

function existence(table: Table, name: string): Condition {
  return { kind: 'call', name, operands: [{ kind: 'path', path: [table.keys.hash.name] }] };
}
