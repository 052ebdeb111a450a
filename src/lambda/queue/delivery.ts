/** Lambda as a target: a delivery to a function is an asynchronous event in the caller's transaction. */
import type { Deliverer, Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import { serviceKeys } from '#ports/peers/requester.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { ASYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import { LATEST, addressOfArn, policyArn, qualifierKind } from '../model/address.ts';
import { isAllowed } from '../model/policy.ts';
import type { AliasRecord, VersionRecord } from '../model/records.ts';
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
      const { check, isDurable } = await lookAt(delivery, tx);
      const address = addressOfArn(delivery.targetArn);
      if (check !== 'deliverable' || address === undefined) return check;
      // What Invoke refuses now it will refuse for ever.
      if (isDurable && address.qualifier === undefined) return 'unsupported';
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
  return (await lookAt(delivery, queries)).check;
}

interface Looked {
  readonly check: DeliveryCheck;
  /** Of a function or a version; which an alias leads to is not looked at. */
  readonly isDurable?: boolean;
}

async function lookAt(
  delivery: Omit<Delivery, 'payload' | 'options'>,
  queries: Queries,
): Promise<Looked> {
  const address = addressOfArn(delivery.targetArn);
  if (address === undefined) return { check: 'unsupported' };
  const found = await find(queries, address);
  if (found === undefined) return { check: 'missing' };
  const isDurable = 'settings' in found && found.settings.DurableConfig !== undefined;
  const isLetIn = await letsIn(queries, address, delivery);
  return { check: isLetIn ? 'deliverable' : 'forbidden', isDurable };
}

async function letsIn(
  queries: Queries,
  address: FunctionAddress,
  delivery: Omit<Delivery, 'payload' | 'options'>,
): Promise<boolean> {
  const isOwnAccount = delivery.sourceAccountId === address.accountId;
  if (isOwnAccount && SERVICES_WITH_ROLES.has(delivery.sourceService)) return true;
  const { functionName, qualifier = LATEST } = address;
  const policy = await policies.get(queries, address, functionName, qualifier);
  const request = {
    action: 'lambda:InvokeFunction',
    resource: policyArn(address),
    keys: serviceKeys({ ...delivery, service: delivery.sourceService }),
  };
  const requester = { names: [], service: delivery.sourceService };
  return isAllowed(policy?.statements ?? [], request, requester);
}

function find(
  queries: Queries,
  address: FunctionAddress,
): Promise<AliasRecord | VersionRecord | undefined> {
  const { functionName, qualifier = LATEST } = address;
  return qualifierKind(qualifier) === 'alias'
    ? aliases.get(queries, address, functionName, qualifier)
    : versions.get(queries, address, functionName, versionNumber(qualifier));
}
