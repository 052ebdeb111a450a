import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 30_000;

/** Looks again and again until there is something; `name` says what did not come in time. */
export async function waitFor<T>(name: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(10);
  }
  throw new Error(`${name} did not come within ${TIMEOUT_MS / 1000} s`);
}
