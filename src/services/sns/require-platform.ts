/** Finds what an ARN of a mobile platform names, or says in SNS' words why not. */
import { parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import {
  endpointDisabled,
  invalidParameter,
  noSuchEndpoint,
  noSuchPlatformApplication,
} from './errors.ts';
import { endpointArn, type PlatformApplication, type PlatformEndpoint } from './platform.ts';
import { findApplication, findEndpoint } from './store-platforms.ts';

/**
 * The application of an ARN.
 * @throws AwsError InvalidParameter, NotFound
 */
export async function requireApplication(
  queries: Queries,
  text: string,
): Promise<PlatformApplication> {
  const { place, parts } = partsOf(text, 'PlatformApplicationArn', 3);
  const [, platform = '', application = ''] = parts;
  const found = await findApplication(queries, { ...place, platform, application });
  if (found === undefined) throw noSuchPlatformApplication();
  return found;
}

/**
 * The endpoint of an ARN.
 * @throws AwsError InvalidParameter, NotFound
 */
export async function requireEndpoint(queries: Queries, text: string): Promise<PlatformEndpoint> {
  const { parts } = partsOf(text, 'EndpointArn', 4);
  const found = await findEndpoint(queries, parts[3] ?? '');
  if (found === undefined || endpointArn(found) !== text) throw noSuchEndpoint();
  return found;
}

/**
 * Checks that a message can be addressed to an endpoint.
 * @throws AwsError InvalidParameter, EndpointDisabled
 */
export async function requireEnabled(queries: Queries, text: string): Promise<void> {
  const found = await findEndpoint(queries, text.split('/').at(-1) ?? '');
  if (found === undefined || endpointArn(found) !== text) {
    throw invalidParameter('TargetArn Reason: No endpoint found for the target arn specified');
  }
  if (found.attributes['Enabled']?.toLowerCase() === 'false') throw endpointDisabled();
}

/** Recorded: `test_set_platform_endpoint_attributes_invalid_arn`. */
function partsOf(text: string, parameter: string, count: number) {
  const elements = text.split(':').length;
  if (elements < 6) {
    const reason = `An ARN must have at least 6 elements, not ${elements}`;
    throw invalidParameter(`${parameter} Reason: ${reason}`);
  }
  const arn = parseArn(text);
  if (arn?.service !== 'sns') throw invalidParameter(parameter);
  const parts = arn.resource.split('/');
  if (parts.length !== count) {
    const reason = 'Wrong number of slashes in relative portion of the ARN.';
    throw invalidParameter(`${parameter} Reason: ${reason}`);
  }
  return { place: { accountId: arn.accountId, region: arn.region }, parts };
}
