import type {
  ListDurableExecutionsByFunctionRequest,
  Operations,
} from '#aws/models/lambda.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { parseJson } from '#kernel/json.ts';
import type { Queries, SqlValue } from '#ports/world/database.ts';

import { functionNotFound, invalidParameter, notFound } from '../../errors.ts';
import {
  type FunctionAddress,
  LATEST,
  parseFunctionReference,
  qualifiedArn,
  qualifierKind,
} from '../../model/address.ts';
import { aliases, functions } from '../../store.ts';
import type { DurableDependencies } from '../dependencies.ts';
import { PAGE_ITEMS_DEFAULT } from '../limits.ts';
import { listExecutions } from '../store.ts';
import { describeExecution } from './describe-execution.ts';

/**
 * Lists the executions of a function, the newest first.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html
 */
export function listDurableExecutionsByFunction({
  database,
}: DurableDependencies): Operations['ListDurableExecutionsByFunction'] {
  return (context, input) =>
    database.read(async (queries) => {
      const { Statuses: statuses, StartedAfter, StartedBefore, DurableExecutionName } = input;
      if ((statuses?.length ?? 0) > 1) {
        throw invalidParameter('Cannot filter by more than one status');
      }
      const after = readMarker(input.Marker);
      const address = functionOf(context, input);
      const version = await versionOf(queries, address);
      const itemsMax = input.MaxItems || PAGE_ITEMS_DEFAULT;
      const found = await listExecutions(queries, address, {
        functionName: address.functionName,
        ...(version === undefined ? {} : { version }),
        ...(DurableExecutionName === undefined ? {} : { name: DurableExecutionName }),
        ...(statuses === undefined ? {} : { statuses }),
        ...(StartedAfter === undefined ? {} : { startedAfterMs: StartedAfter }),
        ...(StartedBefore === undefined ? {} : { startedBeforeMs: StartedBefore }),
        after,
        isOldestFirst: input.ReverseOrder ?? false,
        limit: itemsMax + 1,
      });
      const shown = found.slice(0, itemsMax);
      const last = shown.at(-1);
      const isMore = found.length > shown.length && last !== undefined;
      return {
        DurableExecutions: shown.map(describeExecution),
        ...(isMore ? { NextMarker: writeMarker([last.startedAtMs, last.id]) } : {}),
      };
    });
}

/** @throws AwsError InvalidParameterValueException, ResourceNotFoundException for another account's or Region's */
function functionOf(
  { accountId, region }: RequestContext,
  { FunctionName, Qualifier }: ListDurableExecutionsByFunctionRequest,
): FunctionAddress {
  const reference = parseFunctionReference(FunctionName);
  if (reference === undefined) throw invalidParameter(`Invalid function name: ${FunctionName}`);
  const { functionName, qualifier: derived } = reference;
  if (derived !== undefined && Qualifier !== undefined && derived !== Qualifier) {
    throw invalidParameter(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const qualifier = Qualifier ?? derived;
  const address = {
    accountId: reference.accountId ?? accountId,
    region: reference.region ?? region,
    functionName,
    ...(qualifier === undefined ? {} : { qualifier }),
  };
  const isElsewhere = address.accountId !== accountId || address.region !== region;
  if (isElsewhere) throw notFound(`Function not found: ${qualifiedArn(address)}`);
  return address;
}

/** @throws AwsError ResourceNotFoundException where there is no such function or alias */
async function versionOf(queries: Queries, address: FunctionAddress): Promise<string | undefined> {
  const { functionName, qualifier } = address;
  const found = await functions.get(queries, address, functionName);
  if (found === undefined) throw functionNotFound(address);
  if (qualifier === undefined || qualifier === LATEST) return qualifier;
  if (qualifierKind(qualifier) !== 'alias') return qualifier;
  const alias = await aliases.get(queries, address, functionName, qualifier);
  if (alias === undefined) throw functionNotFound(address);
  return alias.functionVersion;
}

function writeMarker(key: readonly SqlValue[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws AwsError InvalidParameterValueException for a marker that none was */
function readMarker(marker: string | undefined): readonly SqlValue[] {
  if (marker === undefined || marker === '') return [];
  const key = parseJson(Buffer.from(marker, 'base64url').toString());
  const [startedAtMs, id] = Array.isArray(key) && key.length === 2 ? key : [];
  if (typeof startedAtMs === 'number' && typeof id === 'string') return [startedAtMs, id];
  throw invalidParameter('Invalid Marker');
}
