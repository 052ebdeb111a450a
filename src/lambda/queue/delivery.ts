/** Lambda as a target: a delivery to a function is an asynchronous event in the caller's transaction. */
import type { Deliverer, Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import { serviceKeys } from '#ports/peers/requester.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { ASYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import { LATEST, addressOfArn, policyArn, qualifierKind } from '../model/address.ts';
import { isAllowed } from '../model/policy.ts';
import { aliases, policies, versionNumber, versions } from '../store.ts';
import type { AsyncQueue } from './async-queue.ts';
import { countedHeader } from './recursion.ts';

export interface LambdaDelivererDependencies {
  readonly queue: AsyncQueue;
  readonly random: Random;
}

/** These invoke with a role of the account, which no resource policy has to let in. */
const SERVICES_WITH_ROLES: ReadonlySet<string> = new Set([
  'lambda.amazonaws.com',
  'scheduler.amazonaws.com',
  'states.amazonaws.com',
  'pipes.amazonaws.com',
]);

/**
 * Loops through these are seen; through others, such as event buses, they are meant.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html#invocation-recursion-supported
 */
const SERVICES_IN_LOOPS: ReadonlySet<string> = new Set([
  'lambda.amazonaws.com',
  's3.amazonaws.com',
  'sns.amazonaws.com',
  'sqs.amazonaws.com',
]);

/** The Deliverer's part for `arn:aws:lambda:…:function:…`, qualified or not. */
export function createLambdaDeliverer(dependencies: LambdaDelivererDependencies): Deliverer {
  const { queue, random } = dependencies;
  return {
    check: checkTarget,
    async deliver(delivery, tx) {
      const check = await checkTarget(delivery, tx);
      const address = addressOfArn(delivery.targetArn);
      if (check !== 'deliverable' || address === undefined) return check;
      if (delivery.payload.byteLength > ASYNCHRONOUS_PAYLOAD_BYTES_MAX) return 'unsupported';
      const { traceHeader } = delivery.options ?? {};
      const isCounted = SERVICES_IN_LOOPS.has(delivery.sourceService);
      const counted = isCounted ? countedHeader(traceHeader, address, random) : traceHeader;
      await queue.accept(tx, {
        id: random.uuid(),
        address,
        payload: delivery.payload,
        ...(counted === undefined ? {} : { traceHeader: counted }),
      });
      return 'deliverable';
    },
  };
}

/** Whether a function is there, and its policy lets the service in. */
export async function checkTarget(
  delivery: Omit<Delivery, 'payload' | 'options'>,
  queries: Queries,
): Promise<DeliveryCheck> {
  const address = addressOfArn(delivery.targetArn);
  if (address === undefined) return 'unsupported';
  if (!(await exists(queries, address))) return 'missing';
  const isOwnAccount = delivery.sourceAccountId === address.accountId;
  if (isOwnAccount && SERVICES_WITH_ROLES.has(delivery.sourceService)) return 'deliverable';
  const { functionName, qualifier = LATEST } = address;
  const policy = await policies.get(queries, address, functionName, qualifier);
  const request = {
    action: 'lambda:InvokeFunction',
    resource: policyArn(address),
    keys: serviceKeys({ ...delivery, service: delivery.sourceService }),
  };
  const requester = { names: [], service: delivery.sourceService };
  return isAllowed(policy?.statements ?? [], request, requester) ? 'deliverable' : 'forbidden';
}

async function exists(queries: Queries, address: FunctionAddress): Promise<boolean> {
  const { functionName, qualifier = LATEST } = address;
  if (qualifierKind(qualifier) === 'alias') {
    return (await aliases.get(queries, address, functionName, qualifier)) !== undefined;
  }
  const number = versionNumber(qualifier);
  return (await versions.get(queries, address, functionName, number)) !== undefined;
}
