/** A pause after what failed elsewhere, in ms. Ours. */
export const PAUSE_MS = 5_000;

const MISSING: ReadonlySet<string> = new Set([
  'AWS.SimpleQueueService.NonExistentQueue',
  'QueueDoesNotExist',
  'ResourceNotFoundException',
]);

/** The name of an error of the SDK's, which is AWS's code. */
export function nameOfError(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** True where AWS says that there is no such queue, stream or shard. */
export function isMissing(error: unknown): boolean {
  return MISSING.has(nameOfError(error));
}
