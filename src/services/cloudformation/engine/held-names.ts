/**
 * Names that resources are about to take. Between the look whether a name is free and its being taken nobody else
 * looks: services give two creations of one name the same thing, and whichever stack went first would delete it.
 */
export class HeldNames {
  readonly #held = new Map<string, Promise<void>>();

  /**
   * Waits until nobody holds the name, and holds it until disposed.
   * @throws the signal's reason
   */
  async hold(name: string, signal: AbortSignal): Promise<Disposable> {
    for (let other = this.#held.get(name); other !== undefined; other = this.#held.get(name)) {
      await endOrAbort(other, signal);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(name, promise);
    return {
      [Symbol.dispose]: () => {
        this.#held.delete(name);
        resolve();
      },
    };
  }
}

async function endOrAbort(end: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<void>();
  const abort = (): void => aborted.resolve();
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([end, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
  signal.throwIfAborted();
}
