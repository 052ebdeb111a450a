/** What the simulated functions do: mostly what they are asked, and sometimes what users' code does. */
import {
  runtimeProgram,
  type SimulatedEvent,
  type SimulatedProcess,
  type SimulatedProgram,
} from '#adapters/simulated-sandbox/index.ts';
import type { Chance } from './chance.ts';
import type { DeliveriesChecker } from './checkers/deliveries.ts';
import { recordsOf, type SeenRecord } from './deliveries.ts';
import { TIMEOUT_MS } from './names.ts';

export interface FunctionObserver {
  /** A handler begins; what it answers is disposed of when the handler or its process ends. */
  enter(functionName: string, requestId: string): Disposable;
  /** A handler answers with success. */
  succeeded(requestId: string): void;
  /** Who watches the source that calls a function, if one does. */
  deliveriesTo(functionName: string): DeliveriesChecker | undefined;
}

type Behaviour = 'succeed' | 'fail' | 'hang' | 'crash' | 'out-of-memory';

/** A runtime whose handlers answer `{"requestId": …}`, fail, hang, crash or run out of memory. */
export function functionsProgram(chance: Chance, observer: FunctionObserver): SimulatedProgram {
  return runtimeProgram({
    init: (process) => initialise(chance, process),
    handler: async (event, process) => {
      const name = process.environment['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
      using running = observer.enter(name, event.requestId);
      process.killed.addEventListener('abort', () => running[Symbol.dispose](), { once: true });
      const deliveries = observer.deliveriesTo(name);
      if (deliveries === undefined) return await handle(chance, event, process, observer);
      return await handleBatch(chance, { event, process, observer, deliveries });
    },
  });
}

async function initialise(chance: Chance, process: SimulatedProcess): Promise<void> {
  await process.sleep(chance.between(5, 300));
  if (chance.happens(0.01)) throw new Error('the init fails');
  if (chance.happens(0.005)) process.kill();
  if (chance.happens(0.003)) await process.sleep(60_000);
}

async function handle(
  chance: Chance,
  event: SimulatedEvent,
  process: SimulatedProcess,
  observer: FunctionObserver,
): Promise<string> {
  const behaviour = chance.weighted<Behaviour>(
    [
      [80, 'succeed'],
      [10, 'fail'],
      [3, 'hang'],
      [4, 'crash'],
      [3, 'out-of-memory'],
    ],
    'succeed',
  );
  await process.sleep(chance.happens(0.05) ? TIMEOUT_MS - 1 : chance.between(1, 500));
  if (behaviour === 'hang') await process.sleep(10 * TIMEOUT_MS);
  if (behaviour === 'crash') process.kill();
  if (behaviour === 'out-of-memory') process.runOutOfMemory();
  if (behaviour === 'fail') throw new Error('the handler fails');
  if (!process.killed.aborted) observer.succeeded(event.requestId);
  return JSON.stringify({ requestId: event.requestId });
}

interface BatchCall {
  readonly event: SimulatedEvent;
  readonly process: SimulatedProcess;
  readonly observer: FunctionObserver;
  readonly deliveries: DeliveriesChecker;
}

/** Handles a batch of a source: all of it, as far as it gets, or nothing. */
async function handleBatch(
  chance: Chance,
  { event, process, observer, deliveries }: BatchCall,
): Promise<string> {
  const records = recordsOf(event.payload);
  await deliveries.called(records);
  await handle(chance, event, process, observer);
  const done = chance.happens(0.8) ? records.length : chance.between(0, records.length - 1);
  if (!process.killed.aborted) deliveries.handled(records.slice(0, done));
  return JSON.stringify({ batchItemFailures: records.slice(done).map(failureOf) });
}

function failureOf({ item }: SeenRecord): { readonly itemIdentifier: string } {
  return { itemIdentifier: item };
}
