import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Bench } from './bench.ts';
import { sources, type Source } from './event-sources.ts';
import { createFunction, invoke } from './functions.ts';
import { printRow, summarise } from './measure.ts';

const ROUNDS = 200;
const PAUSE_MS = 15;
const FUNCTION = 'events';
/** Writes the time at which it began into its log line; the bench reads it back from the invocation's log. */
const HANDLER = `
const idOf = ({ s3, Sns, kinesis, dynamodb, body }) =>
  s3?.object.key ?? Sns?.Message ?? dynamodb?.Keys.id.S ?? body ??
  Buffer.from(kinesis?.data ?? '', 'base64').toString();
export const handler = async (event) => {
  const began = performance.timeOrigin + performance.now();
  const ids = event.Records?.map(idOf) ?? [event.detail?.id];
  for (const id of ids) console.log('BEGAN ' + id + ' ' + began);
};`;

/** From an event's sending to the first line of a warm handler, on one clock, for each kind of source. */
export async function benchEvents({ send }: Bench): Promise<void> {
  const functionArn = await createFunction(send, {
    name: FUNCTION,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    files: { 'index.mjs': HANDLER },
  });
  await invoke(send, FUNCTION, { Records: [] });
  for (const source of sources(send, functionArn)) await measure(send, source);
}

async function measure(send: Bench['send'], source: Source): Promise<void> {
  const emit = await source.open();
  const sentAt = new Map<string, number>();
  const answeredAt = new Map<string, number>();
  const now = (): number => performance.timeOrigin + performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    const id = `${source.name}-${round}`;
    sentAt.set(id, now());
    await emit(id);
    answeredAt.set(id, now());
    await sleep(PAUSE_MS);
  }
  const beganAt = await readTimes(send, source.name);
  await source.close?.();
  // The first may be cold, as far as the way to it is concerned.
  const after = (from: ReadonlyMap<string, number>): number[] =>
    [...from].slice(1).flatMap(([id, at]) => {
      const began = beganAt.get(id);
      return began === undefined ? [] : [began - at];
    });
  const missing = ROUNDS - beganAt.size;
  const row = (what: string, from: ReadonlyMap<string, number>): void =>
    printRow(
      `${source.operation}${what} to handler`,
      summarise(after(from), missing, ROUNDS * PAUSE_MS),
    );
  row(' sent', sentAt);
  row("'s answer", answeredAt);
}

async function readTimes(send: Bench['send'], prefix: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const deadline = performance.now() + 10_000;
  while (times.size < ROUNDS && performance.now() < deadline) {
    await sleep(200);
    for (const message of await readLog(send, prefix)) {
      const [, id = '', time = ''] = /BEGAN (\S+) (\S+)/.exec(message) ?? [];
      if (id.startsWith(`${prefix}-`)) times.set(id, Number(time));
    }
  }
  return times;
}

interface LogPage {
  readonly events?: readonly { readonly message: string }[];
  readonly nextToken?: string;
}

async function readLog(send: Bench['send'], prefix: string): Promise<string[]> {
  const messages: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: LogPage = await ask<LogPage>(send, 'logs', 'FilterLogEvents', {
      logGroupName: `/aws/lambda/${FUNCTION}`,
      filterPattern: `"BEGAN ${prefix}-"`,
      nextToken,
    });
    messages.push(...(page.events ?? []).map(({ message }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return messages;
}
