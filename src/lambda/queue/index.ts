export { createAsyncQueue } from './async-queue.ts';
export type { AsyncEnd, AsyncQueue, AsyncQueueDependencies } from './async-queue.ts';
export { countStopped, datum, eventInvokeConfigOf, follow } from './follow.ts';
export { countedHeader, isLoopToStop } from './recursion.ts';
export { checkTarget, createLambdaDeliverer } from './delivery.ts';
