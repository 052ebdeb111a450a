import type { Send } from './client.ts';
import { invoke } from './functions.ts';
import { printRow, summarise } from './measure.ts';

/** What a handler answers that was held: when it began, in ms since 1970, and which environment it is. */
interface Held {
  readonly began: number;
  readonly id: string;
}

/**
 * Calls a function that nothing runs of so many times at once, each of which its handler holds until `holdMs` after
 * the first was sent, so that nobody gets another's environment; prints when the handlers began.
 */
export async function callAtOnce(
  send: Send,
  { name, environments, holdMs, title }: Crowd,
): Promise<void> {
  const sentAt = performance.timeOrigin + performance.now();
  const untilMs = Math.round(sentAt + holdMs);
  const calls = await Promise.allSettled(
    Array.from({ length: environments }, () => invoke(send, name, { untilMs })),
  );
  const answers = calls
    .filter((call) => call.status === 'fulfilled')
    // The handler wrote it.
    .map(({ value }) => JSON.parse(value.toString()) as Held);
  const began = answers.map((answer) => answer.began - sentAt);
  const failures = calls.length - answers.length;
  printRow(title, summarise(began, failures, Math.max(...began)));
  const different = new Set(answers.map(({ id }) => id)).size;
  console.log(
    `    the last began after ${Math.max(...began).toFixed(0)} ms; ${different} environments`,
  );
}

interface Crowd {
  readonly name: string;
  readonly environments: number;
  readonly holdMs: number;
  readonly title: string;
}
