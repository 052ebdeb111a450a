import type {
  DecreaseStreamRetentionPeriodInput,
  Empty,
  IncreaseStreamRetentionPeriodInput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { changeSettings } from '../change-stream.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { invalidArgument } from '../errors.ts';
import { RETENTION_HOURS_DEFAULT, RETENTION_HOURS_MAX } from '../limits.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html */
export function increaseStreamRetentionPeriod(
  dependencies: KinesisDependencies,
): Operation<IncreaseStreamRetentionPeriodInput, Empty> {
  return async (context, input) => {
    const hours = input.RetentionPeriodHours;
    checkHours(hours);
    await changeSettings(dependencies, context, input, (settings) => {
      if (hours < settings.retentionHours) throw wrongWay(hours, settings.retentionHours, 'longer');
      return { ...settings, retentionHours: hours };
    });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html */
export function decreaseStreamRetentionPeriod(
  dependencies: KinesisDependencies,
): Operation<DecreaseStreamRetentionPeriodInput, Empty> {
  return async (context, input) => {
    const hours = input.RetentionPeriodHours;
    checkHours(hours);
    await changeSettings(dependencies, context, input, (settings) => {
      if (hours > settings.retentionHours)
        throw wrongWay(hours, settings.retentionHours, 'shorter');
      return { ...settings, retentionHours: hours };
    });
    return {};
  };
}

function checkHours(hours: number): void {
  if (hours < RETENTION_HOURS_DEFAULT) {
    throw invalidArgument(
      `Minimum allowed retention period is ${RETENTION_HOURS_DEFAULT} hours. Requested retention period (${hours} hours) is too short.`,
    );
  }
  if (hours > RETENTION_HOURS_MAX) {
    throw invalidArgument(
      `Maximum allowed retention period is ${RETENTION_HOURS_MAX} hours. Requested retention period (${hours} hours) is too long.`,
    );
  }
}

function wrongWay(hours: number, currentHours: number, than: 'longer' | 'shorter'): Error {
  return invalidArgument(
    `Requested retention period (${hours} hours) for stream can not be ${than === 'longer' ? 'shorter' : 'longer'} than existing retention period (${currentHours} hours). ` +
      `Use ${than === 'longer' ? 'Decrease' : 'Increase'}RetentionPeriod API.`,
  );
}
