/** Operations that are not Lambda proper, or whose engine is not built. */
import { UNSUPPORTED_OPERATIONS } from '#lambda/control/index.ts';
import { ACCOUNT, functionArn, refused, type Teller } from './telling.ts';

const execution = {
  DurableExecutionArn: `${functionArn('one')}:1/durable-execution/e/1`,
};
const provider = { CapacityProviderName: 'p' };
const callback = { CallbackId: 'YQ==' };

/** Right input of each, so that nothing but the missing engine is the reason. */
const INPUTS: Readonly<Record<string, object>> = {
  CheckpointDurableExecution: { ...execution, CheckpointToken: 'YQ==' },
  CreateCapacityProvider: {
    ...provider,
    VpcConfig: { SubnetIds: ['subnet-12345678'], SecurityGroupIds: ['sg-12345678'] },
    PermissionsConfig: { CapacityProviderOperatorRoleArn: `arn:aws:iam::${ACCOUNT}:role/r` },
  },
  DeleteCapacityProvider: provider,
  DeleteDurableExecution: execution,
  GetCapacityProvider: provider,
  GetDurableExecution: execution,
  GetDurableExecutionHistory: execution,
  GetDurableExecutionState: { ...execution, CheckpointToken: 'YQ==' },
  GetFunctionScalingConfig: { FunctionName: 'one', Qualifier: '1' },
  ListCapacityProviders: {},
  ListDurableExecutionsByFunction: { FunctionName: 'one' },
  ListFunctionVersionsByCapacityProvider: provider,
  PauseDurableExecution: execution,
  PutFunctionScalingConfig: { FunctionName: 'one', Qualifier: '1' },
  ResumeDurableExecution: execution,
  SendDurableExecutionCallbackFailure: callback,
  SendDurableExecutionCallbackHeartbeat: callback,
  SendDurableExecutionCallbackSuccess: callback,
  StopDurableExecution: execution,
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
