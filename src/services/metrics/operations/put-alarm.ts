/** The operations that make alarms. */
import type {
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  Tag,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { initialState } from '../alarm.ts';
import type { Alarm } from '../alarm.ts';
import { parseAlarmRule } from '../alarm-rule.ts';
import { changeState, judgeComposite } from '../change-state.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { missingParameter, validationError } from '../errors.ts';
import { configurationUpdate } from '../history.ts';
import { EVALUATION_SECONDS_MAX } from '../limits.ts';
import { findAlarm, listAlarms, putAlarm } from '../store-alarms.ts';
import { noteHistory } from '../store-history.ts';

/**
 * Makes an alarm, or changes one, which keeps its state and its tags.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function putMetricAlarm({
  database,
  clock,
}: MetricsDependencies): Operation<PutMetricAlarmInput, void> {
  return ({ accountId, region }, { Tags, ...settings }) => {
    check(settings);
    const nowMs = Math.floor(clock.now());
    const { AlarmName: name } = settings;
    return database.transact(async (tx) => {
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
      await store(tx, alarm, existing);
    });
  };
}

function check(settings: Omit<PutMetricAlarmInput, 'Tags'>): void {
  const {
    MetricName,
    Metrics,
    Period = 0,
    EvaluationPeriods = 1,
    DatapointsToAlarm = 1,
  } = settings;
  if (MetricName === undefined && Metrics === undefined) {
    throw missingParameter(
      'At least one of the parameters MetricName and Metrics must be specified.',
    );
  }
  if (MetricName !== undefined && Metrics !== undefined) {
    throw validationError('MetricName and Metrics are mutually exclusive parameters.');
  }
  if (
    MetricName !== undefined &&
    ![10, 20, 30].includes(Period) &&
    (Period <= 0 || Period % 60 !== 0)
  ) {
    throw validationError('Period must be 10, 20, 30 or a multiple of 60');
  }
  if (Period * EvaluationPeriods > EVALUATION_SECONDS_MAX) {
    throw validationError(
      `Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= ${EVALUATION_SECONDS_MAX}).`,
    );
  }
  if (DatapointsToAlarm > EvaluationPeriods) {
    throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  }
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export function putCompositeAlarm(
  dependencies: MetricsDependencies,
): Operation<PutCompositeAlarmInput, void> {
  const { database, clock } = dependencies;
  return ({ accountId, region }, { Tags, ...settings }) => {
    parseAlarmRule(settings.AlarmRule);
    const nowMs = Math.floor(clock.now());
    const scope = { accountId, region };
    return database.transact(async (tx) => {
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
      await store(tx, alarm, existing);
      const verdict = judgeComposite(alarm, await listAlarms(tx, scope), undefined);
      if (verdict !== undefined) await changeState(dependencies, tx, { alarm, verdict });
    });
  };
}

async function store(tx: Transaction, alarm: Alarm, existing: Alarm | undefined): Promise<void> {
  await putAlarm(tx, alarm);
  const type = existing === undefined ? 'Create' : 'Update';
  await noteHistory(tx, alarm, alarm.configuredAtMs, configurationUpdate(alarm, type));
}

/** Tags by their keys. */
export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}
