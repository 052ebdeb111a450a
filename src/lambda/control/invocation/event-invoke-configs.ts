/** What the operations on event invoke configurations share. */
import type { DestinationConfig, FunctionEventInvokeConfig } from '#aws/models/lambda.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';

import { invalidParameter, notFound } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { LATEST, addressOfArn, qualifiedArn, qualifierKind } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { EventInvokeRecord } from '../../model/records.ts';
import { aliases, functions, versionNumber, versions } from '../../store.ts';

export interface EventInvokeInput {
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: DestinationConfig;
}

/** The address with the qualifier that its configuration is kept under. */
export function qualifiedAddress(address: FunctionAddress): Required<FunctionAddress> {
  return { ...address, qualifier: address.qualifier ?? LATEST };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionEventInvokeConfig.html */
export function describeEventInvoke(
  address: FunctionAddress,
  record: EventInvokeRecord,
): FunctionEventInvokeConfig {
  return omitUndefined({
    FunctionArn: qualifiedArn({ ...address, qualifier: record.qualifier }),
    LastModified: record.lastModifiedMs,
    MaximumRetryAttempts: record.maximumRetryAttempts,
    MaximumEventAgeInSeconds: record.maximumEventAgeSeconds,
    DestinationConfig: {
      OnSuccess: omitUndefined({ Destination: record.onSuccess }),
      OnFailure: omitUndefined({ Destination: record.onFailure }),
    },
  });
}

/** What the request gives, under the record's names; absent members are undefined. */
export function givenOf(input: EventInvokeInput) {
  const { DestinationConfig: destinations } = input;
  return {
    maximumRetryAttempts: input.MaximumRetryAttempts,
    maximumEventAgeSeconds: input.MaximumEventAgeInSeconds,
    onSuccess: destinations?.OnSuccess?.Destination || undefined,
    onFailure: destinations?.OnFailure?.Destination || undefined,
  };
}

/** @throws AwsError InvalidParameterValueException for a request that says nothing */
export function checkGiven(input: EventInvokeInput): void {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig: config } = input;
  if ([MaximumRetryAttempts, MaximumEventAgeInSeconds, config].some((one) => one !== undefined)) {
    return;
  }
  throw invalidParameter('You must specify at least one of error handling or destination setting.');
}

/** @throws AwsError ResourceNotFoundException where function, version or alias is missing */
export async function checkSubject(
  queries: Queries,
  address: Required<FunctionAddress>,
): Promise<void> {
  const { functionName, qualifier } = address;
  const isAlias = qualifierKind(qualifier) === 'alias';
  const found = isAlias
    ? await aliases.get(queries, address, functionName, qualifier)
    : await versions.get(queries, address, functionName, versionNumber(qualifier));
  if (found === undefined) throw functionMissing();
}

/** 404, as these operations say it. */
export function functionMissing(): Error {
  return notFound("The function doesn't exist.");
}

/** 404, as these operations say it. */
export function configMissing(address: FunctionAddress): Error {
  return notFound(`The function ${qualifiedArn(address)} doesn't have an EventInvokeConfig`);
}

const TARGET_SERVICES: ReadonlySet<string> = new Set(['sqs', 'sns', 'lambda', 'events', 's3']);

/**
 * Buckets take failures alone.
 * @throws AwsError InvalidParameterValueException for targets that cannot be one
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
 * @see recording `lambda_api: TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions`
 */
export async function checkDestinations(
  queries: Queries,
  address: FunctionAddress,
  input: EventInvokeInput,
): Promise<void> {
  const { onSuccess, onFailure } = givenOf(input);
  const targets = [onFailure, onSuccess].filter((target) => target !== undefined);
  for (const target of targets) {
    const service = parseArn(target)?.service ?? '';
    const isTarget = TARGET_SERVICES.has(service);
    const isKept = service !== 's3' || target !== onSuccess;
    if (!isTarget || !isKept) throw invalidDestinations(onSuccess, onFailure);
    if (service === 'lambda') await checkFunctionTarget(queries, address, target);
  }
}

async function checkFunctionTarget(
  queries: Queries,
  address: FunctionAddress,
  targetArn: string,
): Promise<void> {
  const target = addressOfArn(targetArn);
  const found =
    target === undefined ? undefined : await functions.get(queries, target, target.functionName);
  if (found === undefined) throw invalidParameter(`The destination ARN ${targetArn} is invalid.`);
  const isOwn = target?.accountId === address.accountId && target.region === address.region;
  if (isOwn && target.functionName === address.functionName) {
    throw invalidParameter("You can't specify the function as a destination for itself.");
  }
}

function invalidDestinations(onSuccess: string | undefined, onFailure: string | undefined): Error {
  const success = onSuccess === undefined ? 'null' : `OnSuccess(destination=${onSuccess})`;
  const failure = onFailure === undefined ? 'null' : `OnFailure(destination=${onFailure})`;
  return invalidParameter(
    `The provided destination config DestinationConfig(onSuccess=${success}, onFailure=${failure}) is invalid.`,
  );
}
