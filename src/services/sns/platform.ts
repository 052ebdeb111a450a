/** Mobile platforms: applications and their endpoints. They are kept and described; nothing is ever pushed. */
import { formatArn, parseArn } from '#kernel/arn.ts';

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
