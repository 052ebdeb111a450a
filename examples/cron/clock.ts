/** The clock of a server that was started with `--clock movable`. */
import type { ExampleServer } from '../server.ts';

/** What time it is for the server, in ms since 1970. */
export async function readClock({ endpoint }: ExampleServer): Promise<number> {
  return timeOf(await fetch(`${endpoint}/_hearth/clock`));
}

/** Lets time pass until an instant, in ms since 1970; what falls due on the way happens at its own time. */
export async function moveClock({ endpoint }: ExampleServer, toMs: number): Promise<number> {
  const answer = await fetch(`${endpoint}/_hearth/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: new Date(toMs).toISOString() }),
  });
  return timeOf(answer);
}

async function timeOf(answer: Response): Promise<number> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the clock answered ${answer.status}: ${text}`);
  const { now } = JSON.parse(text) as { readonly now: string };
  return Date.parse(now);
}
