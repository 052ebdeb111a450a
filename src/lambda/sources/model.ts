/** An event source mapping: what is kept of it, which state that is, and how AWS shows it. Pure. */
import type {
  DestinationConfig,
  EventSourceMappingConfiguration,
  FilterCriteria,
  EventSourceMappingLoggingConfig,
  EventSourceMappingMetricsConfig,
  ProvisionedPollerConfig,
  ScalingConfig,
} from '#aws/models/lambda.types.gen.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';

import type { FunctionAddress } from '../model/address.ts';
import { qualifiedArn } from '../model/address.ts';
import { omitUndefined } from '../model/omit-undefined.ts';
import type { Scope } from '../model/records.ts';

export type SourceKind = 'sqs' | 'dynamodb' | 'kinesis';

/** Under AWS's member names; those of streams have no meaning for a queue. */
export interface MappingSettings {
  readonly BatchSize: number;
  readonly MaximumBatchingWindowInSeconds: number;
  readonly FunctionResponseTypes: readonly string[];
  readonly FilterCriteria?: FilterCriteria;
  readonly KMSKeyArn?: string;
  readonly MetricsConfig?: EventSourceMappingMetricsConfig;
  readonly LoggingConfig?: EventSourceMappingLoggingConfig;
  readonly ScalingConfig?: ScalingConfig;
  readonly ProvisionedPollerConfig?: ProvisionedPollerConfig;
  readonly StartingPosition?: string;
  /** In ms since 1970. */
  readonly StartingPositionTimestamp?: number;
  readonly DestinationConfig?: DestinationConfig;
  readonly BisectBatchOnFunctionError: boolean;
  readonly MaximumRecordAgeInSeconds: number;
  readonly MaximumRetryAttempts: number;
  readonly ParallelizationFactor: number;
  readonly TumblingWindowInSeconds: number;
}

/** Ends by itself at `untilMs`; a mapping that is deleted is then gone. */
export type MappingPhase =
  | { readonly kind: 'settled' }
  | {
      readonly kind: 'Creating' | 'Enabling' | 'Disabling' | 'Updating' | 'Deleting';
      readonly untilMs: number;
    };

export interface MappingRecord extends Scope {
  readonly uuid: string;
  readonly eventSourceArn: string;
  readonly target: FunctionAddress;
  readonly settings: MappingSettings;
  readonly isEnabled: boolean;
  readonly phase: MappingPhase;
  readonly lastModifiedMs: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Of a start at LATEST: after which sequence number each shard of that time is read. */
  readonly startAfter?: Readonly<Record<string, string>>;
}

/** What the source of an ARN is, or `undefined` where it cannot be one. */
export function sourceKind(arn: string): SourceKind | undefined {
  const parts = parseArn(arn);
  if (parts === undefined) return undefined;
  const { service, resource } = parts;
  if (service === 'sqs' && !resource.includes('/')) return 'sqs';
  if (service === 'dynamodb' && /^table\/[^/]+\/stream\/./.test(resource)) return 'dynamodb';
  if (service === 'kinesis' && resource.startsWith('stream/')) return 'kinesis';
  return undefined;
}

/** True where the source of an ARN is a stream: read in order, with a place of its own for each mapping. */
export function isStream(kind: SourceKind): boolean {
  return kind !== 'sqs';
}

/** True where the source is a FIFO queue. */
export function isFifoQueue(arn: string): boolean {
  return sourceKind(arn) === 'sqs' && arn.endsWith('.fifo');
}

/** `Enabled`, `Creating` and so on; `undefined` once a deleted mapping is gone. */
export function stateOf(record: MappingRecord, steadyMs: number): string | undefined {
  const { phase } = record;
  if (phase.kind !== 'settled' && phase.untilMs > steadyMs) return phase.kind;
  if (phase.kind === 'Deleting') return undefined;
  return record.isEnabled ? 'Enabled' : 'Disabled';
}

/** True where its source is to be polled. */
export function isActive(record: MappingRecord): boolean {
  return record.isEnabled && record.phase.kind !== 'Deleting';
}

/** `arn:aws:lambda:REGION:ACCOUNT:event-source-mapping:UUID`. */
export function mappingArn({ region, accountId, uuid }: MappingRecord): string {
  return formatArn('lambda', region, accountId, `event-source-mapping:${uuid}`);
}

export const NO_RECORDS_PROCESSED = 'No records processed';

/**
 * A mapping as AWS shows it; `lastResult` is the newest of a stream.
 * @see recordings `lambda_integration_sqs`, `lambda_integration_dynamodbstreams`
 */
export function describeMapping(
  record: MappingRecord,
  steadyMs: number,
  lastResult: string = NO_RECORDS_PROCESSED,
): EventSourceMappingConfiguration {
  const { settings, eventSourceArn } = record;
  const isOfStream = sourceKind(eventSourceArn) !== 'sqs';
  const common = omitUndefined({
    UUID: record.uuid,
    EventSourceMappingArn: mappingArn(record),
    EventSourceArn: eventSourceArn,
    FunctionArn: qualifiedArn(record.target),
    BatchSize: settings.BatchSize,
    MaximumBatchingWindowInSeconds: settings.MaximumBatchingWindowInSeconds,
    FunctionResponseTypes: settings.FunctionResponseTypes,
    FilterCriteria: settings.FilterCriteria,
    KMSKeyArn: settings.KMSKeyArn,
    MetricsConfig: settings.MetricsConfig,
    LoggingConfig: settings.LoggingConfig,
    ScalingConfig: settings.ScalingConfig,
    ProvisionedPollerConfig: settings.ProvisionedPollerConfig,
    LastModified: record.lastModifiedMs,
    State: stateOf(record, steadyMs),
    StateTransitionReason: isOfStream ? 'User action' : 'USER_INITIATED',
  });
  if (!isOfStream) return common;
  const destination = settings.DestinationConfig?.OnFailure?.Destination;
  return omitUndefined({
    ...common,
    LastProcessingResult: lastResult,
    StartingPosition: settings.StartingPosition,
    StartingPositionTimestamp: settings.StartingPositionTimestamp,
    BisectBatchOnFunctionError: settings.BisectBatchOnFunctionError,
    DestinationConfig: { OnFailure: omitUndefined({ Destination: destination }) },
    MaximumRecordAgeInSeconds: settings.MaximumRecordAgeInSeconds,
    MaximumRetryAttempts: settings.MaximumRetryAttempts,
    ParallelizationFactor: settings.ParallelizationFactor,
    TumblingWindowInSeconds: settings.TumblingWindowInSeconds,
  });
}
