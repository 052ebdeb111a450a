import { Turns } from '#kernel/turns.ts';

/** Lets many in together, or one alone: packages are stored side by side, and swept while none is. */
export interface Gate {
  shared<T>(body: () => Promise<T>): Promise<T>;
  /** Waits for those inside, and keeps others waiting until `body` is done. */
  exclusively<T>(body: () => Promise<T>): Promise<T>;
}

/** An open gate. */
export function createGate(): Gate {
  const inside = new Set<Promise<unknown>>();
  const alone = new Turns();
  return {
    async shared(body) {
      const work = alone.ended().then(body);
      inside.add(work);
      try {
        return await work;
      } finally {
        inside.delete(work);
      }
    },
    exclusively(body) {
      const others = [...inside];
      return alone.take(async () => {
        await Promise.allSettled(others);
        return body();
      });
    },
  };
}
