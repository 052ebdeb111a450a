import { parseArn } from '#kernel/arn.ts';
import { assert } from '#kernel/assert.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { DeliveryGuard } from './delivery-guard.ts';

/** Finds the service that takes a delivery, by its target's ARN. Services join once they are made. */
export interface DelivererRouter extends Deliverer {
  join(arnService: string, deliverer: Deliverer): void;
  /** From now on no delivery is made that the guard refuses. */
  guard(guard: DeliveryGuard): void;
}

/** A router that nobody has joined: every target is unsupported. */
export function createDelivererRouter(): DelivererRouter {
  const deliverers = new Map<string, Deliverer>();
  let mayDeliver: DeliveryGuard | undefined;
  const find = (targetArn: string): Deliverer | undefined =>
    deliverers.get(parseArn(targetArn)?.service ?? '');
  return {
    join: (arnService, deliverer) => {
      assert(!deliverers.has(arnService), `two deliverers for ${arnService}`);
      deliverers.set(arnService, deliverer);
    },
    guard: (guard) => {
      mayDeliver = guard;
    },
    deliver: async (delivery, tx) => {
      const deliverer = find(delivery.targetArn);
      if (deliverer === undefined) return 'unsupported';
      if (mayDeliver === undefined || (await mayDeliver(delivery, tx))) {
        return deliverer.deliver(delivery, tx);
      }
      // What is not there is told as missing, whoever asks.
      const check = await deliverer.check(delivery, tx);
      return check === 'deliverable' ? 'forbidden' : check;
    },
    check: async (target, tx) => {
      const check = (await find(target.targetArn)?.check(target, tx)) ?? 'unsupported';
      if (check !== 'deliverable' || mayDeliver === undefined) return check;
      return (await mayDeliver(target, tx)) ? check : 'forbidden';
    },
  };
}
