/** Functions as other services call them and wait. */
import { parseArn } from '#kernel/arn.ts';
import { isTrusted } from '#ports/peers/access-control.ts';
import type { CallOutcome, FunctionCall, FunctionCaller } from '#ports/peers/function-caller.ts';
import type { Queries } from '#ports/world/database.ts';

import { payloadTooLarge } from '../../errors.ts';
import { SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../../limits.ts';
import { addressOfArn, type FunctionAddress } from '../../model/address.ts';
import { checkTarget } from '../../queue/index.ts';
import { roleOf } from '../../role-of.ts';
import type { Control } from '../control.ts';

/** Asks the function's policy, or those of the role with which it is called, then runs it. */
export function createFunctionCaller(control: Control): FunctionCaller {
  return {
    async call(call, signal): Promise<CallOutcome> {
      const { functionArn, invocation } = call;
      const address = addressOfArn(functionArn);
      if (address === undefined) return { kind: 'missing' };
      const check = await control.database.read((queries) =>
        checkCall(control, queries, call, address),
      );
      if (check !== 'deliverable') return { kind: check };
      if (invocation.payload.byteLength > SYNCHRONOUS_PAYLOAD_BYTES_MAX) {
        throw payloadTooLarge(SYNCHRONOUS_PAYLOAD_BYTES_MAX);
      }
      const whole = { ...address, ...invocation, responseMode: 'buffered' } as const;
      return control.invoker().invoke(whole, signal);
    },
  };
}

async function checkCall(
  { access }: Control,
  queries: Queries,
  call: FunctionCall,
  address: FunctionAddress,
): Promise<'deliverable' | 'missing' | 'forbidden'> {
  const { functionArn, sourceAccountId, roleArn } = call;
  if (roleArn === undefined) {
    const check = await checkTarget({ ...call, targetArn: functionArn }, queries);
    return check === 'unsupported' ? 'missing' : check;
  }
  // A service takes on roles of the account on whose account it calls, and those alone.
  if (parseArn(roleArn)?.accountId !== sourceAccountId) return 'forbidden';
  if ((await roleOf(queries, functionArn)) === undefined) return 'missing';
  if (access === undefined) {
    return sourceAccountId === address.accountId ? 'deliverable' : 'forbidden';
  }
  const source = { service: call.sourceService, sourceArn: call.sourceArn, sourceAccountId };
  if (!(await isTrusted(access, source, roleArn, queries))) return 'forbidden';
  const who = { kind: 'role', roleArn } as const;
  const asked = { who, action: 'lambda:InvokeFunction', resource: functionArn };
  const decision = await access.decide(asked, queries);
  return decision.kind === 'allowed' ? 'deliverable' : 'forbidden';
}
