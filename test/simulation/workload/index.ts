/** Who does what: each kind of client acts by itself, at its own pace, until the time is over. */
import type { Actor } from './actor.ts';
import { changeFunctions } from './changes.ts';
import { invokeFunctions } from './invocations.ts';
import { consumeOrders, consumeReturns, consumeWork, sendOrder, sendWork } from './messages.ts';
import { changeMappings } from './mappings.ts';
import { provision } from './provisioning.ts';
import { moveReturns, sendReturn } from './returns.ts';
import { publishNews, putReading, reshard, sendJobs, sendParcels, writeLedger } from './sources.ts';
import { useItems, useObjects } from './storage.ts';
import { setAlarm } from './timers.ts';

export type { Actor } from './actor.ts';
export { checkProvisioned, endProvisioned } from './provisioning.ts';
export { setUp } from './set-up.ts';
export { placesOf } from './sources.ts';
export { readItem, readObject } from './storage.ts';

interface Role {
  readonly name: string;
  readonly count: number;
  /** Longest pause between two acts, in ms. */
  readonly pauseMsMax: number;
  readonly act: (actor: Actor) => Promise<void>;
}

const ROLES: readonly Role[] = [
  { name: 'painter', count: 2, pauseMsMax: 1500, act: useObjects },
  { name: 'clerk', count: 2, pauseMsMax: 1500, act: useItems },
  { name: 'caller', count: 3, pauseMsMax: 1000, act: invokeFunctions },
  { name: 'developer', count: 1, pauseMsMax: 20_000, act: changeFunctions },
  { name: 'producer', count: 1, pauseMsMax: 1500, act: sendWork },
  { name: 'shop', count: 2, pauseMsMax: 1500, act: sendOrder },
  { name: 'consumer', count: 2, pauseMsMax: 2000, act: consumeWork },
  { name: 'packer', count: 2, pauseMsMax: 2000, act: consumeOrders },
  { name: 'employer', count: 2, pauseMsMax: 1500, act: sendJobs },
  { name: 'sender', count: 2, pauseMsMax: 1500, act: sendParcels },
  { name: 'accountant', count: 2, pauseMsMax: 1500, act: writeLedger },
  { name: 'sensor', count: 2, pauseMsMax: 1500, act: putReading },
  { name: 'surveyor', count: 1, pauseMsMax: 15_000, act: reshard },
  { name: 'reporter', count: 1, pauseMsMax: 3000, act: publishNews },
  { name: 'planner', count: 1, pauseMsMax: 20_000, act: provision },
  { name: 'operator', count: 1, pauseMsMax: 15_000, act: changeMappings },
  { name: 'sleeper', count: 1, pauseMsMax: 2000, act: setAlarm },
  { name: 'customer', count: 2, pauseMsMax: 1500, act: sendReturn },
  { name: 'receiver', count: 1, pauseMsMax: 2000, act: consumeReturns },
  { name: 'mover', count: 1, pauseMsMax: 8000, act: moveReturns },
];

/** Resolves when all have done their last act, after `endMs` of the monotonic clock. */
export async function runWorkload(actorOf: (name: string) => Actor, endMs: number): Promise<void> {
  const actors = ROLES.flatMap((role) =>
    Array.from({ length: role.count }, (_, index) => ({
      role,
      actor: actorOf(`${role.name}-${index + 1}`),
    })),
  );
  await Promise.all(actors.map(({ role, actor }) => live(role, actor, endMs)));
}

async function live({ act, pauseMsMax }: Role, actor: Actor, endMs: number): Promise<void> {
  const { chance, machine } = actor;
  while (machine.clock.monotonicMs() < endMs) {
    await machine.clock.sleep(chance.between(0, pauseMsMax));
    await act(actor);
  }
}
