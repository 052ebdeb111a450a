/** Tenant isolation: environments of a function that serve one tenant alone. */
import { invalidParameter } from '../errors.ts';
import type { FunctionVersion } from './function-version.ts';
import type { FunctionSettings } from './records.ts';

/**
 * The version as it serves one tenant: no environment of another one's, nor of nobody's, is given its events.
 * @throws AwsError InvalidParameterValueException for a tenant without isolation, and for isolation without one
 * @see https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-troubleshooting.html
 */
export function versionOfTenant(
  version: FunctionVersion,
  tenantId: string | undefined,
): FunctionVersion {
  checkTenant(version, tenantId);
  return tenantId === undefined ? version : { ...version, tenantId };
}

/** @throws AwsError InvalidParameterValueException */
export function checkTenant(
  { isPerTenant = false }: FunctionVersion,
  tenantId: string | undefined,
): void {
  if (isPerTenant && tenantId === undefined) {
    throw invalidParameter(
      'The invoked function is enabled with tenancy configuration. ' +
        'Add a valid tenant ID in your request and try again.',
    );
  }
  if (!isPerTenant && tenantId !== undefined) {
    throw invalidParameter(
      'The invoked function is not enabled with tenancy configuration. ' +
        'Remove the tenant ID from your request and try again.',
    );
  }
}

/**
 * Refuses what does not say for whom it invokes; the words are ours.
 * @throws AwsError InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html#tenant-isolation-features
 */
export function refuseTenants({ TenancyConfig }: FunctionSettings, feature: string): void {
  if (TenancyConfig === undefined) return;
  throw invalidParameter(`${feature} is not supported for functions with tenant isolation mode.`);
}
