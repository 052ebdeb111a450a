import { styleText } from 'node:util';

/** Prints a step, runs it, and prints how long it took. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  process.stdout.write(`  ${name} ... `);
  const result = await work();
  const tookMs = performance.now() - startedAt;
  process.stdout.write(
    `${styleText('dim', `${tookMs.toFixed(0)} ms`, { stream: process.stdout })}\n`,
  );
  return result;
}

export function heading(text: string): void {
  process.stdout.write(`\n${styleText('bold', text, { stream: process.stdout })}\n`);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
