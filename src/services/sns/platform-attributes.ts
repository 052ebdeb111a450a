/** What an application and an endpoint of a mobile platform may be told. */
import { invalidParameter } from './errors.ts';

/** @see https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html */
const PLATFORMS: readonly string[] = [
  'ADM',
  'APNS',
  'APNS_SANDBOX',
  'APNS_VOIP',
  'APNS_VOIP_SANDBOX',
  'BAIDU',
  'GCM',
  'MACOS',
  'MACOS_SANDBOX',
  'MPNS',
  'WNS',
];
const SECRETS: readonly string[] = ['PlatformCredential', 'PlatformPrincipal'];
const APPLICATION_NAMES: readonly string[] = [
  ...SECRETS,
  'ApplePlatformBundleID',
  'ApplePlatformTeamID',
  'Enabled',
  'EventDeliveryFailure',
  'EventEndpointCreated',
  'EventEndpointDeleted',
  'EventEndpointUpdated',
  'FailureFeedbackRoleArn',
  'SuccessFeedbackRoleArn',
  'SuccessFeedbackSampleRate',
];
const ENDPOINT_NAMES: readonly string[] = ['CustomUserData', 'Enabled', 'Token'];
const NAME_CHARACTERS_MAX = 256;
/** @see https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html */
const USER_DATA_BYTES_MAX = 2048;

type Attributes = Readonly<Record<string, string>>;

/** @throws AwsError InvalidParameter; recorded: `test_create_platform_application_invalid_name`, ..._platform */
export function checkApplication(name: string, platform: string): void {
  if (name === '') throw invalidParameter(' Reason: cannot be empty');
  if (name.length > NAME_CHARACTERS_MAX) {
    throw invalidParameter(
      `${name} Reason: must be at most ${NAME_CHARACTERS_MAX} characters long`,
    );
  }
  if (!/^[\w.-]+$/.test(name)) {
    const allowed = "'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'";
    throw invalidParameter(`${name} Reason: must contain only characters ${allowed}`);
  }
  if (!PLATFORMS.includes(platform)) {
    throw invalidParameter(`Platform Reason: ${platform} is not supported`);
  }
}

/**
 * What is kept of an application's attributes.
 * @throws AwsError InvalidParameter; recorded: `test_create_platform_application_invalid_attributes`
 */
export function applicationAttributes(attributes: Attributes, platform: string): Attributes {
  checkNames(attributes, APPLICATION_NAMES);
  const has = (name: string): boolean => attributes[name] !== undefined;
  // Google's platform has a key alone.
  if (platform !== 'GCM') {
    for (const [given, missing] of [SECRETS, SECRETS.toReversed()]) {
      if (given === undefined || missing === undefined || !has(given) || has(missing)) continue;
      throw invalidParameter(`Attributes Reason: ${given} attribute provided without ${missing}`);
    }
  }
  const kept = Object.entries(attributes).filter(([name]) => !SECRETS.includes(name));
  return Object.fromEntries(kept);
}

/** @throws AwsError InvalidParameter; recorded: `test_create_platform_endpoint_with_invalid_attributes` */
export function checkEndpointAttributes(attributes: Attributes): void {
  checkNames(attributes, ENDPOINT_NAMES);
  const { CustomUserData: data = '', Enabled: enabled = 'true' } = attributes;
  const prefix = 'Attributes Reason: Invalid value for attribute';
  if (Buffer.byteLength(data) > USER_DATA_BYTES_MAX) {
    const reason = `must be at most ${USER_DATA_BYTES_MAX} bytes long in UTF-8 encoding`;
    throw invalidParameter(`${prefix}: CustomUserData: ${reason}`);
  }
  if (!/^(true|false)$/i.test(enabled)) {
    throw invalidParameter(`${prefix}: Enabled: must be either true or false`);
  }
}

function checkNames(attributes: Attributes, names: readonly string[]): void {
  for (const name of Object.keys(attributes)) {
    if (names.includes(name)) continue;
    throw invalidParameter(`Attributes Reason: Invalid attribute name: ${name}`);
  }
}
