import type {
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { invalidToken } from '../errors.ts';
import { HISTORY_PER_PAGE } from '../limits.ts';
import { listHistory } from '../store-history.ts';
import type { HistoryItem } from '../store-history.ts';

/**
 * What happened to alarms, the newest first unless told otherwise; metric alarms unless told otherwise.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
 */
export function describeAlarmHistory({
  database,
}: MetricsDependencies): Operation<DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput> {
  return async (context, input) => {
    const { StartDate = 0, EndDate = Number.MAX_SAFE_INTEGER } = input;
    const offset = input.NextToken === undefined ? 0 : Number(input.NextToken);
    if (!Number.isSafeInteger(offset) || offset < 0) throw invalidToken();
    const range = { startMs: StartDate, endMs: EndDate };
    const all = await database.read((queries) => listHistory(queries, context, range));
    const wanted = all.filter((item) => isWanted(item, input));
    if (input.ScanBy !== 'TimestampAscending') wanted.reverse();
    const end = offset + (input.MaxRecords ?? HISTORY_PER_PAGE);
    return {
      AlarmHistoryItems: wanted.slice(offset, end).map((item) => ({
        AlarmName: item.alarmName,
        AlarmType: item.alarmType,
        Timestamp: item.atMs,
        HistoryItemType: item.type,
        HistorySummary: item.summary,
        HistoryData: item.data,
      })),
      ...(wanted.length > end ? { NextToken: String(end) } : {}),
    };
  };
}

function isWanted(item: HistoryItem, input: DescribeAlarmHistoryInput): boolean {
  const { AlarmName, AlarmTypes = ['MetricAlarm'], HistoryItemType } = input;
  return (
    item.alarmName === (AlarmName ?? item.alarmName) &&
    (AlarmTypes.includes(item.alarmType) || AlarmName === item.alarmName) &&
    item.type === (HistoryItemType ?? item.type)
  );
}
