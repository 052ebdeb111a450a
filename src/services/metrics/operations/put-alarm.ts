/** The operations that make alarms. */
import type {
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  Tag,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import { initialState } from '../alarm.ts';
import type { Alarm } from '../alarm.ts';
import { configurationChangeEvent } from '../alarm-events.ts';
import { parseAlarmRule } from '../alarm-rule.ts';
import { changeState, judgeComposite } from '../change-state.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { checkActions, checkMetricAlarm } from '../check-alarm.ts';
import { computeQueries } from '../compute-queries.ts';
import { noAlarmsOfRule } from '../errors.ts';
import { configurationUpdate } from '../history.ts';
import { isNamed } from '../model.ts';
import { findAlarm, listAlarms, putAlarm } from '../store-alarms.ts';
import { noteHistory } from '../store-history.ts';

/**
 * Makes an alarm, or changes one, which keeps its state and its tags.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function putMetricAlarm(
  dependencies: MetricsDependencies,
): Operation<PutMetricAlarmInput, void> {
  const { database, clock } = dependencies;
  return ({ accountId, region }, { Tags, ...settings }) => {
    checkMetricAlarm(settings);
    const nowMs = Math.floor(clock.now());
    const { AlarmName: name, Metrics } = settings;
    return database.transact(async (tx) => {
      if (Metrics !== undefined) {
        // Refuses what could not be computed later.
        const range = { MetricDataQueries: Metrics, StartTime: nowMs - MINUTE_MS, EndTime: nowMs };
        await computeQueries(tx, { accountId, region }, range);
      }
      const existing = await findAlarm(tx, { accountId, region }, name);
      const alarm = {
        kind: 'metric' as const,
        accountId,
        region,
        name,
        settings,
        tags: existing?.tags ?? tagsOf(Tags),
        configuredAtMs: nowMs,
        state: existing?.state ?? initialState(nowMs),
      };
      await store(dependencies, tx, alarm, existing);
    });
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export function putCompositeAlarm(
  dependencies: MetricsDependencies,
): Operation<PutCompositeAlarmInput, void> {
  const { database, clock } = dependencies;
  return ({ accountId, region }, { Tags, ...settings }) => {
    const rule = parseAlarmRule(settings.AlarmRule);
    checkActions(settings);
    const nowMs = Math.floor(clock.now());
    const scope = { accountId, region };
    return database.transact(async (tx) => {
      const others = await listAlarms(tx, scope);
      const missing = rule.alarms.filter((named) => !others.some((other) => isNamed(other, named)));
      if (missing.length > 0) throw noAlarmsOfRule([...new Set(missing)]);
      const existing = await findAlarm(tx, scope, settings.AlarmName);
      const alarm = {
        ...scope,
        kind: 'composite' as const,
        name: settings.AlarmName,
        settings,
        tags: existing?.tags ?? tagsOf(Tags),
        configuredAtMs: nowMs,
        state: existing?.state ?? initialState(nowMs),
      };
      await store(dependencies, tx, alarm, existing);
      const verdict = judgeComposite(alarm, await listAlarms(tx, scope), undefined);
      if (verdict !== undefined) await changeState(dependencies, tx, { alarm, verdict });
    });
  };
}

async function store(
  { deliverer }: MetricsDependencies,
  tx: Transaction,
  alarm: Alarm,
  existing: Alarm | undefined,
): Promise<void> {
  await putAlarm(tx, alarm);
  const isNew = existing === undefined;
  const { configuredAtMs: nowMs } = alarm;
  await noteHistory(tx, alarm, nowMs, configurationUpdate(alarm, isNew ? 'Create' : 'Update'));
  const change = { nowMs, previous: existing };
  const event = configurationChangeEvent(alarm, isNew ? 'create' : 'update', change);
  await deliverer.deliver(event, tx);
}

/** Tags by their keys. */
export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}
