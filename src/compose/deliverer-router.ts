import { parseArn } from '#kernel/arn.ts';
import { assert } from '#kernel/assert.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';

/** Finds the service that takes a delivery, by its target's ARN. Services join once they are made. */
export interface DelivererRouter extends Deliverer {
  join(arnService: string, deliverer: Deliverer): void;
}

/** A router that nobody has joined: every target is unsupported. */
export function createDelivererRouter(): DelivererRouter {
  const deliverers = new Map<string, Deliverer>();
  const find = (targetArn: string): Deliverer | undefined =>
    deliverers.get(parseArn(targetArn)?.service ?? '');
  return {
    join: (arnService, deliverer) => {
      assert(!deliverers.has(arnService), `two deliverers for ${arnService}`);
      deliverers.set(arnService, deliverer);
    },
    deliver: async (delivery, tx) =>
      (await find(delivery.targetArn)?.deliver(delivery, tx)) ?? 'unsupported',
    check: async (target, tx) => (await find(target.targetArn)?.check(target, tx)) ?? 'unsupported',
  };
}
