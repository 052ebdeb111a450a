/**
 * Runs `work` on each item, `limit` at a time. After a failure no further item begins; rejects with the
 * first failure once all that had begun have ended.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    for (let item = items[next]; next < items.length && failure === undefined; item = items[next]) {
      next += 1;
      // The bound was checked: a hole is the caller's own `undefined`.
      await work(item as T).catch((error: unknown) => {
        failure ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failure !== undefined) throw failure.error;
}
