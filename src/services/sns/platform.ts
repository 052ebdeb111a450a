/** Mobile platforms: applications and their endpoints. They are kept and described; nothing is ever pushed. */
import { formatArn, parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import {
  endpointDisabled,
  invalidParameter,
  noSuchEndpoint,
  noSuchPlatformApplication,
} from './errors.ts';
import { findApplication, findEndpoint } from './store-platforms.ts';

export interface ApplicationAddress {
  readonly accountId: string;
  readonly region: string;
  /** `ADM`, `APNS`, `GCM` ... */
  readonly platform: string;
  readonly application: string;
}

export interface PlatformApplication extends ApplicationAddress {
  /** What is described; credentials are checked to be there, and not kept. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PlatformEndpoint extends ApplicationAddress {
  /** A UUID. */
  readonly id: string;
  readonly token: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `arn:aws:sns:REGION:ACCOUNT:app/PLATFORM/NAME`. */
export function applicationArn(address: ApplicationAddress): string {
  const { accountId, region, platform, application } = address;
  return formatArn('sns', region, accountId, `app/${platform}/${application}`);
}

/** `arn:aws:sns:REGION:ACCOUNT:endpoint/PLATFORM/NAME/ID`. */
export function endpointArn(endpoint: PlatformEndpoint): string {
  const { accountId, region, platform, application, id } = endpoint;
  return formatArn('sns', region, accountId, `endpoint/${platform}/${application}/${id}`);
}

/** Whether an ARN names an endpoint of a platform, and no topic. */
export function isEndpointArn(text: string): boolean {
  const arn = parseArn(text);
  return arn?.service === 'sns' && arn.resource.startsWith('endpoint/');
}

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
