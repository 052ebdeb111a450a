/** What the two functions have logged of the events that they were run with. */
import { FilterLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';

export interface Firing {
  /** The event's own time, in ms since 1970. */
  readonly atMs: number;
  readonly id: string;
}

/** Each firing that a function logged, in the order of the events' times. */
export async function readFirings(
  logs: CloudWatchLogsClient,
  functionName: string,
): Promise<readonly Firing[]> {
  const firings: Firing[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await logs
      .send(
        new FilterLogEventsCommand({
          logGroupName: `/aws/lambda/${functionName}`,
          filterPattern: 'fired',
          nextToken,
        }),
      )
      .catch((error: unknown) => {
        // The group is made with its first line.
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      });
    for (const { message = '' } of answer?.events ?? []) {
      const [, time, id] = /fired (\S+) (\S+)/.exec(message) ?? [];
      if (time !== undefined && id !== undefined) firings.push({ atMs: Date.parse(time), id });
    }
    nextToken = answer?.nextToken;
  } while (nextToken !== undefined);
  return firings.sort((a, b) => a.atMs - b.atMs);
}

const MINUTE_MS = 60_000;

/**
 * Checks that a day was whole.
 * @throws Error where a minute is missing or came twice, or nine o'clock did
 */
export function checkDay(minutely: readonly Firing[], morning: readonly Firing[]): void {
  const wrong = (text: string): never => {
    throw new Error(text);
  };
  if (minutely.length !== 1440) wrong(`there were ${minutely.length} firings, not 1440`);
  const ids = new Set([...minutely, ...morning].map(({ id }) => id));
  if (ids.size !== minutely.length + morning.length) wrong('a firing came twice');
  for (const [index, { atMs }] of minutely.entries()) {
    const before = minutely[index - 1];
    if (before !== undefined && atMs - before.atMs !== MINUTE_MS) {
      wrong(`after ${inSeoul(before.atMs)} came ${inSeoul(atMs)}`);
    }
  }
  const nine = morning.map(({ atMs }) => inSeoul(atMs).slice(-8));
  if (nine.join() !== '09:00:00') wrong(`the daily schedule fired at ${nine.join(', ')}`);
}

/** `2026-11-23 09:00:00`, as a clock in Seoul shows it. */
export function inSeoul(atMs: number): string {
  return new Date(atMs).toLocaleString('sv-SE', { timeZone: 'Asia/Seoul' });
}

/** Firings by the hour in Seoul. */
export function hoursOf(firings: readonly Firing[]) {
  const hours = Map.groupBy(firings, ({ atMs }) => inSeoul(atMs).slice(0, 13));
  return [...hours].map(([hour, found]) => ({
    hour: `${hour}h`,
    utc: `${new Date(found[0]?.atMs ?? 0).toISOString().slice(0, 13).replace('T', ' ')}h UTC`,
    minutes: found.map(({ atMs }) => inSeoul(atMs).slice(11, 16)),
  }));
}
