/** A thread for one piece of work: asks the module that it was given, and tells what that made of the input. */
import { parentPort, workerData } from 'node:worker_threads';

interface Given {
  readonly module: string;
  readonly input: unknown;
}

interface Module {
  work(input: unknown): unknown;
}

// Both are what the thread was started with.
const { module, input } = workerData as Given;
const { work } = (await import(module)) as Module;
parentPort?.postMessage(work(input), []);
