import type {
  Operations,
  PutEventsRequestEntry,
  PutEventsResultEntry,
} from '#aws/models/events.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson, type Json } from '#kernel/json.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { isLetIn } from '../delivery.ts';
import { requestKeys } from '#aws/access/index.ts';
import { requesterOf } from '#ports/peers/requester.ts';
import { accessDenied, validation } from '../errors.ts';
import { PUT_EVENTS_BYTES_MAX, TIME_BYTES } from '../limits.ts';
import { busAddressOf, busArn, DEFAULT_BUS, eventTime } from '../model.ts';
import type { PatternCache } from '#kernel/event-pattern/index.ts';
import { routeEvent } from '../route-event.ts';
import { findBus } from '../store-documents.ts';

type Dependencies = EventsDependencies & { readonly patterns: PatternCache };

/** Routes all entries that hold in one transaction; the others fail each for itself. */
export function putEvents(dependencies: Dependencies): Operations['PutEvents'] {
  return async (context, { Entries }) => {
    const bytes = Entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    if (bytes > PUT_EVENTS_BYTES_MAX) {
      throw validation('Total size of the entries in the request is over the limit.');
    }
    const results = await dependencies.database.transact(async (tx) => {
      const answered: PutEventsResultEntry[] = [];
      for (const entry of Entries) {
        answered.push(refusalOf(entry) ?? (await putEntry(dependencies, tx, context, entry)));
      }
      return answered;
    });
    const failed = results.filter(({ ErrorCode }) => ErrorCode !== undefined);
    return { FailedEntryCount: failed.length, Entries: results };
  };
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html Calculating the size */
function entryBytes(entry: PutEventsRequestEntry): number {
  const { Source = '', DetailType = '', Detail = '', Resources = [] } = entry;
  const texts = [Source, DetailType, Detail, ...Resources];
  const time = entry.Time === undefined ? 0 : TIME_BYTES;
  return texts.reduce((sum, text) => sum + utf8(text).byteLength, time);
}

/** Recorded: `test_put_events_without_source`, `test_put_event_without_detail`, `test_put_event_malformed_detail`. */
function refusalOf(entry: PutEventsRequestEntry): PutEventsResultEntry | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[name]) continue;
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  if (!isObject(parseJson(entry.Detail ?? ''))) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  if (entry.Source?.startsWith('aws.') === true) {
    const ErrorMessage = 'Not authorized for the source.';
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage };
  }
  return undefined;
}

/** An entry for a bus that does not exist is acknowledged, and is lost, as on AWS. */
async function putEntry(
  dependencies: Dependencies,
  tx: Transaction,
  context: RequestContext,
  entry: PutEventsRequestEntry,
): Promise<PutEventsResultEntry> {
  const { clock, random } = dependencies;
  const bus = busAddressOf(context, entry.EventBusName);
  const event = {
    version: '0',
    id: random.uuid(),
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account: context.accountId,
    time: eventTime(entry.Time ?? clock.now()),
    region: context.region,
    resources: entry.Resources ?? [],
    // refusalOf has found it to be JSON.
    detail: parseJson(entry.Detail ?? '') as Json,
  };
  const { accountId, principal, http, region } = context;
  const keys = requestKeys({ principal, http, region, nowMs: clock.now() });
  if (!(await isLetIn(tx, bus, { accountId, requester: requesterOf(principal), keys }))) {
    throw accessDenied(principal.arn, 'events:PutEvents', busArn(bus));
  }
  if (bus.bus === DEFAULT_BUS || (await findBus(tx, bus, bus.bus)) !== undefined) {
    const traceHeader = entry.TraceHeader ?? context.http.headers['x-amzn-trace-id'];
    await routeEvent(dependencies, tx, bus, {
      event,
      isForwarded: false,
      ...(traceHeader === undefined ? {} : { traceHeader }),
    });
  }
  return { EventId: event.id };
}
