/** What the operations on aliases share. */
import type {
  AliasConfiguration,
  AliasRoutingConfiguration,
} from '#aws/models/lambda.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';

import { functionNotFound, invalidParameter, latestRouted } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { LATEST, qualifiedArn } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { AliasRecord } from '../../model/records.ts';
import { functions, versionNumber, versions } from '../../store.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_AliasConfiguration.html */
export function describeAlias(address: FunctionAddress, alias: AliasRecord): AliasConfiguration {
  const hasWeights = Object.keys(alias.weights).length > 0;
  return omitUndefined({
    AliasArn: qualifiedArn({ ...address, qualifier: alias.name }),
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    RevisionId: alias.revisionId,
    RoutingConfig: hasWeights ? { AdditionalVersionWeights: alias.weights } : undefined,
  });
}

/**
 * Checks that an alias leads to versions that are there.
 * @throws AwsError InvalidParameterValueException, ResourceNotFoundException
 * @see recording `lambda_api: TestLambdaAlias::test_notfound_and_invalid_routingconfigs`
 */
export async function checkRouting(
  queries: Queries,
  address: FunctionAddress,
  functionVersion: string,
  routing: AliasRoutingConfiguration | undefined,
): Promise<void> {
  const additional = Object.keys(routing?.AdditionalVersionWeights ?? {});
  if (additional.length > 1) {
    throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
  await checkVersion(queries, address, functionVersion);
  for (const version of additional) {
    if (version === functionVersion) {
      throw invalidParameter(
        `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
      );
    }
    if (functionVersion === LATEST) throw latestRouted();
    await checkVersion(queries, address, version);
  }
}

async function checkVersion(
  queries: Queries,
  address: FunctionAddress,
  qualifier: string,
): Promise<void> {
  const { functionName } = address;
  const missing = functionNotFound({ ...address, qualifier });
  if ((await functions.get(queries, address, functionName)) === undefined) throw missing;
  const number = versionNumber(qualifier);
  if (Number.isNaN(number)) throw missing;
  if ((await versions.get(queries, address, functionName, number)) === undefined) throw missing;
}
