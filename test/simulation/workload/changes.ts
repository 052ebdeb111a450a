/** Changes of functions while they run: code, settings, reservations, deletion. */
import { FUNCTIONS } from '../names.ts';
import { call, type Actor } from './actor.ts';
import { createFunction } from './set-up.ts';

const REFUSALS = ['ResourceConflictException', 'ResourceNotFoundException'];

/** Changes one function. */
export async function changeFunctions(actor: Actor): Promise<void> {
  const changes = [updateCode, updateSettings, reserve, reserve, replaceMayfly] as const;
  await actor.chance.pick(changes)(actor);
}

async function updateCode(actor: Actor): Promise<void> {
  const ZipFile = actor.chance.pick([...actor.archives]);
  const input = { FunctionName: FUNCTIONS.worker, ZipFile };
  await call(actor, { service: 'lambda', operation: 'UpdateFunctionCode', input }, REFUSALS);
}

async function updateSettings(actor: Actor): Promise<void> {
  const MemorySize = actor.chance.pick([128, 256, 512]);
  const input = { FunctionName: FUNCTIONS.worker, MemorySize };
  const operation = 'UpdateFunctionConfiguration';
  await call(actor, { service: 'lambda', operation, input }, REFUSALS);
}

/** Reserves concurrency for a function, or gives it back. */
async function reserve(actor: Actor): Promise<void> {
  const { chance, checkers } = actor;
  const FunctionName = FUNCTIONS.limited;
  const reserved = chance.pick([undefined, 0, 1, 2, 5, 10]);
  checkers.concurrency.reserving(FunctionName, reserved);
  const answer =
    reserved === undefined
      ? await call(actor, {
          service: 'lambda',
          operation: 'DeleteFunctionConcurrency',
          input: { FunctionName },
        })
      : await call(actor, {
          service: 'lambda',
          operation: 'PutFunctionConcurrency',
          input: { FunctionName, ReservedConcurrentExecutions: reserved },
        });
  if (answer.kind === 'done') checkers.concurrency.reserved(FunctionName);
}

async function replaceMayfly(actor: Actor): Promise<void> {
  const { chance, machine } = actor;
  const input = { FunctionName: FUNCTIONS.mayfly };
  await call(actor, { service: 'lambda', operation: 'DeleteFunction', input }, REFUSALS);
  await machine.clock.sleep(chance.between(0, 3000));
  await createFunction(actor, FUNCTIONS.mayfly);
}
