import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '#kernel/json.ts';
import { AwsFailure, type AwsClient, type AwsRequest } from '../aws-client.ts';
import type { CliCommand, CliContext } from '../command.ts';
import { configurationPath } from '../function-paths.ts';
import { dim } from '../output.ts';

const FOLLOW_INTERVAL_MS = 300;
const MINUTE_MS = 60_000;
const LOG_GROUPS = '/aws/lambda/';

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
    await tellOfNone(context);
    await follow(context, Date.now() - minutes * MINUTE_MS);
  },
};

/**
 * A log that outlived its function is read all the same, and one that is followed may begin yet. Whoever may read one
 * log need not be let look whether there is one.
 * @throws CliError where there is neither a function nor a log
 */
async function tellOfNone(context: CliContext): Promise<void> {
  try {
    await lookForNone(context);
  } catch (error) {
    if (!(error instanceof AwsFailure && isDenial(error))) throw error;
  }
}

/** Services of JSON refuse with 400. */
function isDenial({ status, code }: AwsFailure): boolean {
  return status === 403 || code === 'AccessDeniedException';
}

async function lookForNone({ client, arguments: [name = ''], output, fail }: CliContext) {
  const groups = await client().json(
    logsRequest('DescribeLogGroups', { logGroupNamePrefix: `${LOG_GROUPS}${name}` }),
  );
  const found = Array.isArray(groups['logGroups']) ? groups['logGroups'].filter(isObject) : [];
  if (found.some(({ logGroupName }) => logGroupName === `${LOG_GROUPS}${name}`)) return;
  try {
    await client().json({ service: 'lambda', method: 'GET', path: configurationPath(name) });
  } catch (error) {
    if (!(error instanceof AwsFailure && error.status === 404)) throw error;
    throw fail(`There is no function ${name}, nor a log of one. \`hearth functions\` lists them.`);
  }
  output.progress(`${name} has written nothing yet`);
}

async function follow(context: CliContext, since: number): Promise<void> {
  const isFollowing = context.options['follow'] === true;
  /** When they were written, by their ids: those that are read again. */
  const printed = new Map<string, number>();
  let startTime = since;
  for (;;) {
    for (const event of await readEvents(context, startTime)) {
      if (printed.has(event.eventId)) continue;
      printed.set(event.eventId, event.timestamp);
      startTime = Math.max(startTime, event.timestamp - MINUTE_MS);
      print(context, event);
    }
    for (const [id, timestamp] of printed) if (timestamp < startTime) printed.delete(id);
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
  const logGroupName = `${LOG_GROUPS}${context.arguments[0] ?? ''}`;
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
    const page = await client.json(logsRequest('FilterLogEvents', input));
    // The shape is FilterLogEvents' own; a line without it is left out.
    const events = Array.isArray(page['events']) ? page['events'].filter(isLogEvent) : [];
    return { events, nextToken: page['nextToken'] };
  } catch (error) {
    const isMissing = error instanceof AwsFailure && error.code === 'ResourceNotFoundException';
    if (isMissing) return { events: [], nextToken: undefined };
    throw error;
  }
}

function logsRequest(operation: string, input: Record<string, unknown>): AwsRequest {
  return {
    service: 'logs',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${operation}`,
    },
    body: JSON.stringify(input),
  };
}

function isLogEvent(value: unknown): value is LogEvent {
  return (
    isObject(value) &&
    typeof value['timestamp'] === 'number' &&
    typeof value['message'] === 'string'
  );
}
