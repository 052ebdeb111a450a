/** Lambda as a target: a delivery to a function is an asynchronous event in the caller's transaction. */
import type { Deliverer, Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { ASYNCHRONOUS_PAYLOAD_BYTES_MAX, RECURSION_COUNT_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import { LATEST, addressOfArn, functionArn, qualifierKind } from '../model/address.ts';
import { isAllowed } from '../model/policy.ts';
import { aliases, functions, policies, versionNumber, versions } from '../store.ts';
import type { AsyncQueue } from './async-queue.ts';
import { nextLineage } from './lineage.ts';

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
      const { lineage, traceHeader } = delivery.options ?? {};
      const next = nextLineage(lineage, functionArn(address));
      if (next.count > RECURSION_COUNT_MAX && (await stopsLoops(tx, address))) return 'forbidden';
      await queue.accept(tx, {
        id: random.uuid(),
        address,
        payload: delivery.payload,
        traceHeader: withLineage(traceHeader, next.lineage, random),
      });
      return 'deliverable';
    },
  };
}

async function checkTarget(
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
    service: delivery.sourceService,
    values: {
      'aws:sourcearn': delivery.sourceArn,
      'aws:sourceaccount': delivery.sourceAccountId,
    },
  };
  return isAllowed(policy?.statements ?? [], request) ? 'deliverable' : 'forbidden';
}

async function exists(queries: Queries, address: FunctionAddress): Promise<boolean> {
  const { functionName, qualifier = LATEST } = address;
  if (qualifierKind(qualifier) === 'alias') {
    return (await aliases.get(queries, address, functionName, qualifier)) !== undefined;
  }
  const number = versionNumber(qualifier);
  return (await versions.get(queries, address, functionName, number)) !== undefined;
}

async function stopsLoops(queries: Queries, address: FunctionAddress): Promise<boolean> {
  const record = await functions.get(queries, address, address.functionName);
  return record?.recursiveLoop !== 'Allow';
}

function withLineage(header: string | undefined, lineage: string, random: Random): string {
  const root = Buffer.from(random.bytes(12)).toString('hex');
  const base = header ?? `Root=1-${root.slice(0, 8)}-${root}`;
  const parts = base.split(';').filter((part) => !part.startsWith('Lineage='));
  return [...parts, `Lineage=${lineage}`].join(';');
}
