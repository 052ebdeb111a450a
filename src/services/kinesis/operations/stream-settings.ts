import type {
  DisableEnhancedMonitoringInput,
  Empty,
  EnableEnhancedMonitoringInput,
  EnhancedMonitoringOutput,
  StartStreamEncryptionInput,
  StopStreamEncryptionInput,
  UpdateMaxRecordSizeInput,
  UpdateStreamModeInput,
  UpdateStreamRecordDistributionStrategyInput,
  UpdateStreamWarmThroughputInput,
  UpdateStreamWarmThroughputOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { changeSettings } from '../change-stream.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { streamArn } from '../model.ts';
import type { Stream } from '../model.ts';

const SHARD_METRICS = [
  'IncomingBytes',
  'IncomingRecords',
  'IteratorAgeMilliseconds',
  'OutgoingBytes',
  'OutgoingRecords',
  'ReadProvisionedThroughputExceeded',
  'WriteProvisionedThroughputExceeded',
];

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html */
export function startStreamEncryption(
  dependencies: KinesisDependencies,
): Operation<StartStreamEncryptionInput, Empty> {
  return async (context, input) => {
    await changeSettings(dependencies, context, input, (settings) => ({
      ...settings,
      keyId: input.KeyId,
    }));
    return {};
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StopStreamEncryption.html */
export function stopStreamEncryption(
  dependencies: KinesisDependencies,
): Operation<StopStreamEncryptionInput, Empty> {
  return async (context, input) => {
    await changeSettings(
      dependencies,
      context,
      input,
      ({ keyId: _keyId, ...settings }) => settings,
    );
    return {};
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html */
export function enableEnhancedMonitoring(
  dependencies: KinesisDependencies,
): Operation<EnableEnhancedMonitoringInput, EnhancedMonitoringOutput> {
  return async (context, input) => {
    const named = namedMetrics(input.ShardLevelMetrics);
    const stream = await changeSettings(dependencies, context, input, (settings) => ({
      ...settings,
      metrics: [...new Set([...settings.metrics, ...named])].sort(),
    }));
    const current = stream.settings.metrics;
    return monitoring(stream, [...new Set([...current, ...named])].sort());
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html */
export function disableEnhancedMonitoring(
  dependencies: KinesisDependencies,
): Operation<DisableEnhancedMonitoringInput, EnhancedMonitoringOutput> {
  return async (context, input) => {
    const named = namedMetrics(input.ShardLevelMetrics);
    const without = (metrics: readonly string[]): string[] =>
      metrics.filter((metric) => !named.includes(metric));
    const stream = await changeSettings(dependencies, context, input, (settings) => ({
      ...settings,
      metrics: without(settings.metrics),
    }));
    return monitoring(stream, without(stream.settings.metrics));
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html */
export function updateStreamMode(
  dependencies: KinesisDependencies,
): Operation<UpdateStreamModeInput, Empty> {
  return async (context, input) => {
    const { WarmThroughputMiBps: warmMibps } = input;
    await changeSettings(dependencies, context, input, (settings) => ({
      ...settings,
      mode: input.StreamModeDetails.StreamMode,
      ...(warmMibps !== undefined && { warmMibps }),
    }));
    return {};
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html */
export function updateMaxRecordSize(
  dependencies: KinesisDependencies,
): Operation<UpdateMaxRecordSizeInput, Empty> {
  return async (context, input) => {
    const recordKibMax = input.MaxRecordSizeInKiB;
    await changeSettings(dependencies, context, input, (settings) => ({
      ...settings,
      recordKibMax,
    }));
    return {};
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamWarmThroughput.html */
export function updateStreamWarmThroughput(
  dependencies: KinesisDependencies,
): Operation<UpdateStreamWarmThroughputInput, UpdateStreamWarmThroughputOutput> {
  return async (context, input) => {
    const TargetMiBps = input.WarmThroughputMiBps;
    const stream = await changeSettings(dependencies, context, input, (settings) => ({
      ...settings,
      warmMibps: TargetMiBps,
    }));
    const { warmMibps: CurrentMiBps } = stream.settings;
    return {
      StreamName: stream.name,
      StreamARN: streamArn(stream),
      WarmThroughput: { TargetMiBps, ...(CurrentMiBps !== undefined && { CurrentMiBps }) },
    };
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html */
export function updateStreamRecordDistributionStrategy(
  dependencies: KinesisDependencies,
): Operation<UpdateStreamRecordDistributionStrategyInput, Empty> {
  return async (context, input) => {
    const distribution = input.RecordDistributionStrategy;
    await changeSettings(dependencies, context, input, (settings) => ({
      ...settings,
      distribution,
    }));
    return {};
  };
}

function namedMetrics(metrics: readonly string[]): readonly string[] {
  return metrics.includes('ALL') ? SHARD_METRICS : metrics;
}

function monitoring(stream: Stream, desired: readonly string[]): EnhancedMonitoringOutput {
  return {
    StreamName: stream.name,
    StreamARN: streamArn(stream),
    CurrentShardLevelMetrics: stream.settings.metrics,
    DesiredShardLevelMetrics: desired,
  };
}
