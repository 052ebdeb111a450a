import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '#kernel/json.ts';
import { AwsFailure, type AwsClient } from '../aws-client.ts';
import type { CliCommand, CliContext } from '../command.ts';
import { dim } from '../output.ts';

const FOLLOW_INTERVAL_MS = 300;
const MINUTE_MS = 60_000;

interface LogEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
}

/** `hearth logs`: what a function wrote. */
export const logs: CliCommand = {
  name: 'logs <function>',
  summary: 'print what a function wrote',
  examples: ['hearth logs hello --since 10', 'hearth logs hello --follow'],
  configure: (command) =>
    command
      .option('--follow', 'go on until Ctrl-C')
      .option('--since <minutes>', 'how far back, in minutes', '60')
      .option('--filter <pattern>', "a filter pattern of CloudWatch Logs', such as ERROR"),
  run: async (context) => {
    const minutes = Number(context.options['since']);
    if (!(minutes >= 0)) throw context.fail('--since takes a number of minutes.');
    await follow(context, Date.now() - minutes * MINUTE_MS);
  },
};

async function follow(context: CliContext, since: number): Promise<void> {
  const isFollowing = context.options['follow'] === true;
  const printed = new Set<string>();
  let startTime = since;
  for (;;) {
    for (const event of await readEvents(context, startTime)) {
      if (printed.has(event.eventId)) continue;
      printed.add(event.eventId);
      startTime = Math.max(startTime, event.timestamp - MINUTE_MS);
      print(context, event);
    }
    if (!isFollowing || context.signal.aborted) return;
    await sleep(FOLLOW_INTERVAL_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

function print({ output }: CliContext, event: LogEvent): void {
  if (output.format === 'json') return output.line(JSON.stringify(event));
  const time = dim(new Date(event.timestamp).toISOString());
  return output.line(`${time} ${event.message.trimEnd()}`);
}

async function readEvents(context: CliContext, startTime: number): Promise<LogEvent[]> {
  const logGroupName = `/aws/lambda/${context.arguments[0] ?? ''}`;
  const filterPattern = context.options['filter'];
  const events: LogEvent[] = [];
  let nextToken: unknown;
  do {
    const page = await filterEvents(context.client(), {
      logGroupName,
      startTime,
      ...(typeof filterPattern === 'string' ? { filterPattern } : {}),
      ...(typeof nextToken === 'string' ? { nextToken } : {}),
    });
    events.push(...page.events);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

async function filterEvents(
  client: AwsClient,
  input: Record<string, unknown>,
): Promise<{ readonly events: LogEvent[]; readonly nextToken: unknown }> {
  try {
    const page = await client.json({
      service: 'logs',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
      },
      body: JSON.stringify(input),
    });
    // The shape is FilterLogEvents' own; a line without it is left out.
    const events = Array.isArray(page['events']) ? page['events'].filter(isLogEvent) : [];
    return { events, nextToken: page['nextToken'] };
  } catch (error) {
    const isMissing = error instanceof AwsFailure && error.code === 'ResourceNotFoundException';
    if (isMissing) return { events: [], nextToken: undefined };
    throw error;
  }
}

function isLogEvent(value: unknown): value is LogEvent {
  return (
    isObject(value) &&
    typeof value['timestamp'] === 'number' &&
    typeof value['message'] === 'string'
  );
}
