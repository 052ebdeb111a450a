import type { ServiceModel } from '../model.ts';

/** A model of which nothing is known but the name, so that its client hears so in its own protocol. */
export function unknownModel(name: string): ServiceModel {
  return {
    name,
    serviceId: name,
    apiVersion: '',
    endpointPrefix: name,
    signingName: name,
    protocols: ['restJson1', 'rpcv2Cbor', 'awsJson1_1', 'awsQuery'],
    isQueryCompatible: false,
    hasErrorDetail: false,
    operationNames: () => [],
    operation: () => undefined,
    error: () => undefined,
  };
}
