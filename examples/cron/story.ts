/**
 * The second story: a day passes in seconds. A rule runs a function every minute, a schedule runs another at nine
 * in the morning in Seoul; at noon the server is killed. Told through AWS's own SDK; only the clock is moved by hand.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heading, say, step } from '../progress.ts';
import { startServer, type ExampleServer } from '../server.ts';
import { waitFor } from '../wait-for.ts';
import { moveClock, readClock } from './clock.ts';
import { checkDay, hoursOf, inSeoul, readFirings, type Firing } from './firings.ts';
import { createClients, MINUTELY, MORNING, putFunctions, putRule, putSchedule } from './set-up.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Seoul is nine hours ahead of UTC, all year. */
const SEOUL_MS = 9 * HOUR_MS;
/** The rule is put within this time of midnight; its last firing of the day is as late. */
const SLACK_MS = 30_000;

/** Tells the story; with `isKept` the server stays up, and how to move its clock is printed. */
export async function runCronStory(isKept: boolean): Promise<void> {
  heading('A day passes in seconds');
  const first = await step('starting a server whose clock can be moved', () => startMovable());
  let server = first;
  say(`  ${server.endpoint}, isolation: ${server.isolation}`);
  try {
    await step('creating two functions', () => putFunctions(createClients(server), server));
    const midnightMs = nextMidnightInSeoul(await readClock(server));
    await step(`setting the clock to ${inSeoul(midnightMs)}`, () => moveClock(server, midnightMs));
    await step('putting a rule: rate(1 minute)', () => putRule(createClients(server), server));
    await step('creating a schedule: cron(0 9 * * ? *), Asia/Seoul', () =>
      putSchedule(createClients(server), server),
    );
    // Between two firings: the log of one that is only just over might not be stored when the server dies.
    const noonMs = midnightMs + 12 * HOUR_MS - SLACK_MS;
    await step(`letting it become ${inSeoul(noonMs)}`, () => moveClock(server, noonMs));
    await step('reading what was logged so far', () => logsAtNoon(server));
    server = await step('killing the server, and starting it again', () => restart(server));
    const endMs = midnightMs + DAY_MS + SLACK_MS;
    await step(`letting it become ${inSeoul(endMs)}`, () => moveClock(server, endMs));
    const firings = await step('reading what was logged', () => wholeDay(server, endMs));
    show(firings);
    if (isKept) keep(server);
  } finally {
    if (!isKept) await server.stop();
    if (!isKept && server !== first) await first.stop();
  }
}

function startMovable(dataDir?: string): Promise<ExampleServer> {
  const flags = ['--clock', 'movable'];
  return startServer(dataDir === undefined ? { flags } : { flags, dataDir });
}

async function restart(server: ExampleServer): Promise<ExampleServer> {
  await server.kill();
  return startMovable(server.dataDir);
}

function nextMidnightInSeoul(nowMs: number): number {
  return Math.ceil((nowMs + SEOUL_MS) / DAY_MS) * DAY_MS - SEOUL_MS;
}

interface Firings {
  readonly minutely: readonly Firing[];
  readonly morning: readonly Firing[];
}

async function firingsOf(server: ExampleServer): Promise<Firings> {
  const { logs } = createClients(server);
  return { minutely: await readFirings(logs, MINUTELY), morning: await readFirings(logs, MORNING) };
}

/** The server's log is a second behind its functions: what is killed in that second is not shown. */
async function logsAtNoon(server: ExampleServer): Promise<void> {
  await waitFor("the first half day's log", async () => {
    const { minutely, morning } = await firingsOf(server);
    return minutely.length >= 719 && morning.length === 1 ? true : undefined;
  });
}

/** The server's clock goes on: what fires after the day's end is the next day's. */
async function wholeDay(server: ExampleServer, endMs: number): Promise<Firings> {
  const firings = await waitFor("the day's log", async () => {
    const { minutely, morning } = await firingsOf(server);
    const ofDay = minutely.filter(({ atMs }) => atMs <= endMs);
    return ofDay.length >= 1440 ? { minutely: ofDay, morning } : undefined;
  });
  checkDay(firings.minutely, firings.morning);
  return firings;
}

function show({ minutely, morning }: Firings): void {
  heading('rate(1 minute), each hour in Seoul');
  for (const { hour, utc, minutes } of hoursOf(minutely)) {
    say(`  ${hour} (${utc})  ${String(minutes.length).padStart(2)}: ${rangeOf(minutes)}`);
  }
  heading('cron(0 9 * * ? *) in Asia/Seoul');
  for (const { atMs } of morning) say(`  ${inSeoul(atMs)} (${utcOf(atMs)})`);
  const path = join(tmpdir(), `hearth-cron-${process.pid}.txt`);
  const lines = [...minutely, ...morning].map(
    ({ atMs, id }) => `${inSeoul(atMs)}\t${utcOf(atMs)}\t${id}\n`,
  );
  writeFileSync(path, lines.join(''));
  heading('The day');
  say(`  ${minutely.length} firings of rate(1 minute), each exactly once`);
  say(`  ${morning.length} firing of the daily schedule, exactly once`);
  say(`  each with its times and its id: ${path}`);
}

function rangeOf(minutes: readonly string[]): string {
  return minutes.length > 4
    ? [...minutes.slice(0, 2), '...', ...minutes.slice(-2)].join(' ')
    : minutes.join(' ');
}

function utcOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function keep(server: ExampleServer): void {
  server.leave();
  heading('The server stays up. To let another hour pass:');
  say(
    `  curl -X POST ${server.endpoint}/_hearth/clock -H 'content-type: application/json' -d '{"by":3600}'`,
  );
  say(`\n  kill ${server.processId} ends it; its data is in ${server.dataDir}.`);
}
