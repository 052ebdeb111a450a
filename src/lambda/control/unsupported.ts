import { invalidParameter } from '../errors.ts';

/**
 * Operations of the model that are not Lambda proper: the gateway answers them with 501 and their names. Each has its
 * reason, for the parity table.
 */
export const UNSUPPORTED_OPERATIONS: Readonly<Record<string, string>> = {
  CreateCapacityProvider: 'managed instances are EC2',
  DeleteCapacityProvider: 'managed instances are EC2',
  GetCapacityProvider: 'managed instances are EC2',
  ListCapacityProviders: 'managed instances are EC2',
  ListFunctionVersionsByCapacityProvider: 'managed instances are EC2',
  UpdateCapacityProvider: 'managed instances are EC2',
  GetFunctionScalingConfig: 'managed instances are EC2',
  PutFunctionScalingConfig: 'managed instances are EC2',
};

const UNSUPPORTED_MEMBERS = ['CapacityProviderConfig', 'AcceleratorConfig', 'PublishTo'];

/** @throws AwsError InvalidParameterValueException for members of managed instances */
export function refuseUnsupported(input: object): void {
  const member = UNSUPPORTED_MEMBERS.find((name) => name in input);
  if (member !== undefined) throw invalidParameter(`${member} is not supported.`);
}
