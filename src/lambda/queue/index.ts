export { createAsyncQueue } from './async-queue.ts';
export type { AsyncEnd, AsyncQueue, AsyncQueueDependencies } from './async-queue.ts';
export { createLambdaDeliverer } from './delivery.ts';
