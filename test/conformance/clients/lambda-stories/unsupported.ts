/** Operations that are not Lambda proper. */
import { UNSUPPORTED_OPERATIONS } from '#lambda/control/index.ts';
import { ACCOUNT, refused, type Teller } from './telling.ts';

const provider = { CapacityProviderName: 'p' };

/** Right input of each, so that nothing but the missing engine is the reason. */
const INPUTS: Readonly<Record<string, object>> = {
  CreateCapacityProvider: {
    ...provider,
    VpcConfig: { SubnetIds: ['subnet-12345678'], SecurityGroupIds: ['sg-12345678'] },
    PermissionsConfig: { CapacityProviderOperatorRoleArn: `arn:aws:iam::${ACCOUNT}:role/r` },
  },
  DeleteCapacityProvider: provider,
  GetCapacityProvider: provider,
  GetFunctionScalingConfig: { FunctionName: 'one', Qualifier: '1' },
  ListCapacityProviders: {},
  ListFunctionVersionsByCapacityProvider: provider,
  PutFunctionScalingConfig: { FunctionName: 'one', Qualifier: '1' },
  UpdateCapacityProvider: provider,
};

/** Each that the client knows is refused. */
export async function tellUnsupported({ caller }: Teller): Promise<void> {
  for (const operation of Object.keys(UNSUPPORTED_OPERATIONS)) {
    if (!caller.operations.includes(operation)) continue;
    const call = caller.call(operation, INPUTS[operation] ?? {});
    await refused(call, 'NotImplementedException', new RegExp(operation), 501);
  }
}
