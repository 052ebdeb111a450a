import type { AttributeValue, TransactWriteItem } from '#aws/models/dynamodb.types.gen.ts';
import { validation } from '../errors.ts';
import { parseExpressions } from '../expressions/index.ts';
import type { Condition, ExpressionInput, UpdateAction } from '../expressions/index.ts';
import { assertOneKind } from '../legacy/index.ts';
import { parseAttributes } from '../value/parse-value.ts';
import type { Attributes } from '../value/value.ts';
import { parseNewItem } from './put-item.ts';

interface Common {
  readonly tableName: string;
  readonly condition?: Condition;
  /** ReturnValuesOnConditionCheckFailure. */
  readonly returnValues?: string;
  /** Of PartiQL: there must be no such item. */
  readonly isInsert?: boolean;
}

/** One action of a transaction, parsed and valid by itself. */
export type TransactAction =
  | (Common & { readonly kind: 'put'; readonly item: Attributes })
  | (Common & { readonly kind: 'delete' | 'check'; readonly key: Attributes })
  | (Common & {
      readonly kind: 'update';
      readonly key: Attributes;
      readonly actions: readonly UpdateAction[];
    });

/** @throws ValidationException, also where there is not exactly one action */
export function parseAction(item: TransactWriteItem): TransactAction {
  const { Put: put, Update: update, Delete: deletion, ConditionCheck: check } = item;
  const given = [put, update, deletion, check].filter((action) => action !== undefined);
  if (given.length !== 1) {
    throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  if (put) {
    const value = parseNewItem(put.Item);
    return { kind: 'put', ...parseCommon(put), item: value };
  }
  if (update) {
    const key = parseAttributes(update.Key);
    assertOneKind(update, { expressions: ['UpdateExpression', 'ConditionExpression'], legacy: [] });
    const { update: actions = [], condition } = parseExpressions(update);
    return { kind: 'update', ...common(update, condition), key, actions };
  }
  if (deletion) return keyAction('delete', deletion);
  return keyAction('check', check ?? { TableName: '', Key: {} });
}

interface ActionInput extends ExpressionInput {
  readonly TableName: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

function keyAction(
  kind: 'delete' | 'check',
  input: ActionInput & { readonly Key: { readonly [name: string]: AttributeValue } },
): TransactAction {
  const key = parseAttributes(input.Key);
  return { kind, ...parseCommon(input), key };
}

function parseCommon(input: ActionInput): Common {
  assertOneKind(input, { expressions: ['ConditionExpression'], legacy: [] });
  return common(input, parseExpressions(input).condition);
}

function common(input: ActionInput, condition: Condition | undefined): Common {
  const returnValues = input.ReturnValuesOnConditionCheckFailure;
  return {
    tableName: input.TableName,
    ...(condition && { condition }),
    ...(returnValues !== undefined && { returnValues }),
  };
}
