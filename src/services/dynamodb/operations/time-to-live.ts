import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { validation } from '../errors.ts';
import { addChore } from '../store/chores.ts';
import { takeNumber, updateTable } from '../store/tables.ts';
import { clearIndex } from './remove-table.ts';
import { CHORES_TOPIC, requireNamedTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
export function updateTimeToLive(dynamodb: Dynamodb): Operations['UpdateTimeToLive'] {
  return async (context, input) => {
    const { Enabled: isWanted, AttributeName: attribute } = input.TimeToLiveSpecification;
    await dynamodb.database.transact(async (tx) => {
      const table = await requireNamedTable(dynamodb, tx, context, input.TableName);
      const { timeToLive, ...rest } = table;
      if (isWanted) {
        if (timeToLive) throw validation('TimeToLive is already enabled');
        const number = await takeNumber(tx);
        await updateTable(tx, { ...rest, timeToLive: { attribute, number } });
        await addChore(tx, { number, kind: 'fill', table });
      } else {
        if (!timeToLive) throw validation('TimeToLive is already disabled');
        if (timeToLive.attribute !== attribute) {
          throw validation(
            'TimeToLive is active on a different AttributeName: current AttributeName is ' +
              timeToLive.attribute,
          );
        }
        await updateTable(tx, rest);
        await clearIndex(tx, table, timeToLive);
      }
      tx.afterCommit(() => dynamodb.wakeups.notify(CHORES_TOPIC));
    });
    return { TimeToLiveSpecification: input.TimeToLiveSpecification };
  };
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
 */
export function describeTimeToLive(dynamodb: Dynamodb): Operations['DescribeTimeToLive'] {
  return async (context, input) =>
    dynamodb.database.read(async (queries) => {
      const { timeToLive } = await requireNamedTable(dynamodb, queries, context, input.TableName);
      return {
        TimeToLiveDescription: timeToLive
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive.attribute }
          : { TimeToLiveStatus: 'DISABLED' },
      };
    });
}
