/** What AWS refuses of an alarm's settings. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
import type { PutMetricAlarmInput } from '#aws/models/cloudwatch.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import { isStatistic } from './aggregate.ts';
import { invalidValue, missingParameter, validationError } from './errors.ts';
import { EVALUATION_SECONDS_MAX } from './limits.ts';

type Settings = Omit<PutMetricAlarmInput, 'Tags'>;

/**
 * Checks an alarm on a metric or on several.
 * @throws AwsError ValidationError, MissingParameter, InvalidParameterValue
 */
export function checkMetricAlarm(settings: Settings): void {
  const { MetricName, Metrics, EvaluationPeriods = 1, DatapointsToAlarm = 1 } = settings;
  if (MetricName === undefined && Metrics === undefined) {
    throw missingParameter(
      'At least one of the parameters MetricName and Metrics must be specified.',
    );
  }
  if (MetricName !== undefined && Metrics !== undefined) {
    throw validationError('MetricName and Metrics are mutually exclusive parameters.');
  }
  if (Metrics === undefined) checkStatistic(settings);
  else checkQueries(Metrics);
  checkOptions(settings);
  checkActions(settings);
  if ((settings.Period ?? 0) * EvaluationPeriods > EVALUATION_SECONDS_MAX) {
    throw validationError(
      `Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= ${EVALUATION_SECONDS_MAX}).`,
    );
  }
  if (DatapointsToAlarm > EvaluationPeriods) {
    throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  }
}

function checkStatistic({ Statistic, ExtendedStatistic, Period = 0 }: Settings): void {
  if (Statistic === undefined && ExtendedStatistic === undefined) {
    throw missingParameter(
      'At least one of the parameters Statistic and ExtendedStatistic must be specified.',
    );
  }
  if (ExtendedStatistic !== undefined && !isStatistic(ExtendedStatistic)) {
    throw invalidValue(
      `The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`,
    );
  }
  if (![10, 20, 30].includes(Period) && (Period <= 0 || Period % 60 !== 0)) {
    throw validationError('Period must be 10, 20, 30 or a multiple of 60');
  }
}

function checkQueries(queries: NonNullable<Settings['Metrics']>): void {
  const told = queries.filter(({ ReturnData }) => ReturnData !== false);
  if (told.length !== 1) {
    throw validationError('Exactly one element of the metrics list should return data.');
  }
}

const TREATMENTS: readonly string[] = ['breaching', 'notBreaching', 'ignore', 'missing'];
const LOW_SAMPLES: readonly string[] = ['evaluate', 'ignore'];

function checkOptions(settings: Settings): void {
  const { TreatMissingData, EvaluateLowSampleCountPercentile: low } = settings;
  if (TreatMissingData !== undefined && !TREATMENTS.includes(TreatMissingData)) {
    throw validationError(
      `The value ${TreatMissingData} is not supported for TreatMissingData parameter. ` +
        `Supported values are [${TREATMENTS.join(', ')}].`,
    );
  }
  if (low !== undefined && !LOW_SAMPLES.includes(low)) {
    throw validationError(
      `Option ${low} is not supported. Supported options for parameter ` +
        'EvaluateLowSampleCountPercentile are evaluate and ignore.',
    );
  }
}

/**
 * Targets have to be ARNs.
 * @throws AwsError ValidationError
 */
export function checkActions({
  OKActions = [],
  AlarmActions = [],
  InsufficientDataActions = [],
}: Pick<Settings, 'AlarmActions' | 'InsufficientDataActions' | 'OKActions'>): void {
  const invalid = [...OKActions, ...AlarmActions, ...InsufficientDataActions].find(
    (target) => parseArn(target) === undefined,
  );
  if (invalid !== undefined) throw validationError(`Invalid arn syntax: ${invalid}`);
}
