/** Which settings a mapping may have: defaults, and what AWS refuses. Pure. */
import type {
  CreateEventSourceMappingRequest,
  UpdateEventSourceMappingRequest,
} from '#aws/models/lambda.types.gen.ts';
import { PatternRefused } from '#kernel/event-pattern/index.ts';
import { parseArn } from '#kernel/arn.ts';

import { invalidParameter } from '../errors.ts';
import { omitUndefined } from '../model/omit-undefined.ts';
import { invalidFilter, unrecognizedSource, unsupportedParameter } from './errors.ts';
import { compileFilter } from './filter/index.ts';
import {
  FIFO_BATCH_SIZE_MAX,
  FILTERS_MAX,
  POLLERS_MAX_DEFAULT,
  POLLERS_MIN,
  POLLERS_MIN_DEFAULT,
  QUEUE_BATCH_SIZE_DEFAULT,
  QUEUE_BATCH_SIZE_WITHOUT_WINDOW_MAX,
  RECORD_AGE_SECONDS_MIN,
  STREAM_BATCH_SIZE_DEFAULT,
} from './limits.ts';
import {
  isFifoQueue,
  isStream,
  sourceKind,
  type MappingSettings,
  type SourceKind,
} from './model.ts';

type SettingsInput = Partial<CreateEventSourceMappingRequest> &
  Partial<UpdateEventSourceMappingRequest>;

/** Members that only other sources know: Kafka, Amazon MQ, DocumentDB. */
const FOREIGN_MEMBERS = [
  'AmazonManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'Queues',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'SourceAccessConfigurations',
  'Topics',
] as const;

/** Members that only streams know, in the order in which they are refused. */
const STREAM_MEMBERS = [
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'TumblingWindowInSeconds',
] as const;

/**
 * The kind of the source that a new mapping names.
 * @throws AwsError InvalidParameterValueException for none, or one that is not served here
 */
export function kindOfSource(arn: string | undefined): SourceKind {
  const kind = arn === undefined ? undefined : sourceKind(arn);
  if (kind === undefined) throw unrecognizedSource();
  return kind;
}

/**
 * The settings that a request asks for, over those that stand or AWS's defaults.
 * @throws AwsError InvalidParameterValueException
 */
export function settingsFrom(
  input: SettingsInput,
  eventSourceArn: string,
  current?: MappingSettings,
): MappingSettings {
  const kind = kindOfSource(eventSourceArn);
  checkMembers(input, kind);
  checkStartingPosition(input, kind, eventSourceArn, current === undefined);
  const given = omitUndefined({
    BatchSize: input.BatchSize,
    MaximumBatchingWindowInSeconds: input.MaximumBatchingWindowInSeconds,
    FunctionResponseTypes: input.FunctionResponseTypes,
    FilterCriteria: input.FilterCriteria,
    KMSKeyArn: input.KMSKeyArn,
    MetricsConfig: input.MetricsConfig,
    LoggingConfig: input.LoggingConfig,
    ScalingConfig: input.ScalingConfig,
    ProvisionedPollerConfig: input.ProvisionedPollerConfig,
    StartingPosition: input.StartingPosition,
    StartingPositionTimestamp: input.StartingPositionTimestamp,
    DestinationConfig: input.DestinationConfig,
    BisectBatchOnFunctionError: input.BisectBatchOnFunctionError,
    MaximumRecordAgeInSeconds: input.MaximumRecordAgeInSeconds,
    MaximumRetryAttempts: input.MaximumRetryAttempts,
    ParallelizationFactor: input.ParallelizationFactor,
    TumblingWindowInSeconds: input.TumblingWindowInSeconds,
  });
  const settings = withoutEmpty({ ...(current ?? defaultsOf(kind)), ...given });
  checkBatch(settings, eventSourceArn);
  checkFilter(settings, kind);
  checkDestination(settings);
  checkPollers(settings);
  checkStream(settings);
  return settings;
}

/** @see recordings `lambda_integration_sqs` and `lambda_integration_dynamodbstreams` */
function defaultsOf(kind: SourceKind): MappingSettings {
  return {
    BatchSize: isStream(kind) ? STREAM_BATCH_SIZE_DEFAULT : QUEUE_BATCH_SIZE_DEFAULT,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: [],
    BisectBatchOnFunctionError: false,
    MaximumRecordAgeInSeconds: -1,
    MaximumRetryAttempts: -1,
    ParallelizationFactor: 1,
    TumblingWindowInSeconds: 0,
  };
}

/** Empty criteria, an empty scaling configuration and no pollers take away what stood. */
function withoutEmpty(settings: MappingSettings): MappingSettings {
  const { FilterCriteria, ScalingConfig, ProvisionedPollerConfig: pollers, ...rest } = settings;
  const hasPollers = pollers !== undefined && Object.keys(pollers).length > 0;
  const hasFilters = (FilterCriteria?.Filters ?? []).length > 0;
  return {
    ...rest,
    ...(hasFilters && FilterCriteria !== undefined ? { FilterCriteria } : {}),
    ...(ScalingConfig?.MaximumConcurrency === undefined ? {} : { ScalingConfig }),
    ...(hasPollers ? { ProvisionedPollerConfig: pollers } : {}),
  };
}

function checkMembers(input: SettingsInput, kind: SourceKind): void {
  const { DestinationConfig: destinations } = input;
  const foreign = FOREIGN_MEMBERS.find((name) => input[name] !== undefined);
  if (foreign !== undefined) throw unsupportedParameter(foreign);
  if (destinations?.OnSuccess !== undefined) throw unsupportedParameter('DestinationConfig');
  if (isStream(kind)) {
    if (input.ScalingConfig !== undefined) throw unsupportedParameter('ScalingConfig');
    if (input.ProvisionedPollerConfig !== undefined) {
      throw unsupportedParameter('ProvisionedPollerConfig');
    }
    return;
  }
  if (destinations?.OnFailure?.Destination !== undefined) {
    throw unsupportedParameter('DestinationConfig');
  }
  const member = STREAM_MEMBERS.find((name) => input[name] !== undefined);
  if (member !== undefined) throw unsupportedParameter(member);
}

/** @see recording `lambda_api: test_create_event_source_validation` */
function checkStartingPosition(
  input: SettingsInput,
  kind: SourceKind,
  arn: string,
  isNew: boolean,
): void {
  const { StartingPosition: position } = input;
  if (!isStream(kind)) {
    if (position === undefined) return;
    throw invalidParameter('StartingPosition is not valid for SQS event sources.');
  }
  if (position === undefined && isNew) {
    throw invalidParameter(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: " +
        'Member must not be null.',
    );
  }
  if (position !== 'AT_TIMESTAMP') return;
  if (kind === 'dynamodb') {
    throw invalidParameter(`Unsupported starting position for arn type: ${arn}`);
  }
  if (input.StartingPositionTimestamp === undefined) {
    throw invalidParameter('StartingPositionTimestamp must be provided for AT_TIMESTAMP.');
  }
}

/** @see recording `lambda_integration_sqs: test_event_source_mapping_default_batch_size` */
function checkBatch(settings: MappingSettings, arn: string): void {
  const { BatchSize: size, MaximumBatchingWindowInSeconds: windowSeconds } = settings;
  if (isFifoQueue(arn)) {
    if (windowSeconds > 0) {
      throw invalidParameter('Batching window is not supported for FIFO queues');
    }
    if (size > FIFO_BATCH_SIZE_MAX) {
      throw invalidParameter(`Batch size must not exceed ${FIFO_BATCH_SIZE_MAX} for FIFO queues`);
    }
  }
  const isQueue = sourceKind(arn) === 'sqs';
  if (isQueue && size > QUEUE_BATCH_SIZE_WITHOUT_WINDOW_MAX && windowSeconds === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
}

/** @see recording `lambda_integration_sqs: test_sqs_invalid_event_filter` */
function checkFilter(settings: MappingSettings, kind: SourceKind): void {
  const { FilterCriteria: criteria } = settings;
  if ((criteria?.Filters ?? []).length > FILTERS_MAX) {
    throw invalidParameter(`The number of filters cannot exceed ${FILTERS_MAX}.`);
  }
  try {
    compileFilter(criteria, kind);
  } catch (error) {
    if (error instanceof PatternRefused) throw invalidFilter();
    throw error;
  }
}

const DESTINATION_SERVICES: ReadonlySet<string> = new Set(['sqs', 'sns', 's3']);

function checkDestination({ DestinationConfig: destinations }: MappingSettings): void {
  const arn = destinations?.OnFailure?.Destination;
  if (arn === undefined || DESTINATION_SERVICES.has(parseArn(arn)?.service ?? '')) return;
  throw invalidParameter(
    `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${arn})) is invalid.`,
  );
}

/**
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/16113 for the record age's words; those of windows
 * that exclude lanes are ours
 */
function checkStream(settings: MappingSettings): void {
  const { MaximumRecordAgeInSeconds: age } = settings;
  if (age !== -1 && age < RECORD_AGE_SECONDS_MIN) {
    throw invalidParameter(
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    );
  }
  if (settings.TumblingWindowInSeconds > 0 && settings.ParallelizationFactor > 1) {
    throw invalidParameter('ParallelizationFactor must be 1 if TumblingWindowInSeconds is set.');
  }
}

/**
 * Of a queue's provisioned pollers; a mapping scales by them or by its maximum concurrency. AWS's words are not
 * recorded: these are ours.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedPollerConfig.html
 */
function checkPollers({ ProvisionedPollerConfig: pollers, ScalingConfig }: MappingSettings): void {
  if (pollers === undefined) return;
  const { MinimumPollers: min = POLLERS_MIN_DEFAULT, MaximumPollers: max = POLLERS_MAX_DEFAULT } =
    pollers;
  if (ScalingConfig !== undefined) {
    throw invalidParameter('ProvisionedPollerConfig and ScalingConfig cannot be used together.');
  }
  if (pollers.PollerGroupName !== undefined) throw unsupportedParameter('PollerGroupName');
  if (Math.min(min, max) < POLLERS_MIN) {
    throw invalidParameter(
      `MinimumPollers and MaximumPollers must be at least ${POLLERS_MIN} for SQS event sources.`,
    );
  }
  if (min > max) {
    throw invalidParameter('MinimumPollers must be less than or equal to MaximumPollers.');
  }
}
