/** How an API is reached: at the edge, in its Region, or from networks of one's own. */
import type { EndpointConfiguration } from '#aws/models/apigateway.types.gen.ts';
import { badRequest } from '../errors.ts';

/**
 * The configuration with what is left out filled in.
 * @throws AwsError BadRequestException
 */
export function endpointConfigurationOf(given: EndpointConfiguration = {}): EndpointConfiguration {
  const { types = ['EDGE'], ipAddressType, vpcEndpointIds } = given;
  if (types.length === 0) {
    throw badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.');
  }
  if (types.length > 1) throw badRequest('Cannot create an api with multiple Endpoint Types.');
  const isPrivate = types[0] === 'PRIVATE';
  if (isPrivate && ipAddressType === 'ipv4') {
    throw badRequest('Only dualstack ipAddressType is supported for Private APIs.');
  }
  return {
    types,
    ipAddressType: ipAddressType ?? (isPrivate ? 'dualstack' : 'ipv4'),
    ...(vpcEndpointIds === undefined || vpcEndpointIds.length === 0 ? {} : { vpcEndpointIds }),
  };
}
