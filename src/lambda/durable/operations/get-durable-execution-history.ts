import type { Event, Operations } from '#aws/models/lambda.types.gen.ts';

import { invalidParameter } from '../../errors.ts';
import type { DurableDependencies } from '../dependencies.ts';
import { loadExecution } from '../find.ts';
import { withoutData } from '../history.ts';
import { PAGE_BYTES_MAX, PAGE_ITEMS_DEFAULT } from '../limits.ts';
import { eventsOf } from '../store-operations.ts';

/**
 * Tells what has happened in an execution.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionHistory.html
 */
export function getDurableExecutionHistory({
  database,
}: DurableDependencies): Operations['GetDurableExecutionHistory'] {
  return (context, input) =>
    database.read(async (queries) => {
      const { IncludeExecutionData = true, ReverseOrder: isNewestFirst = false } = input;
      const execution = await loadExecution(queries, context, input.DurableExecutionArn);
      const after = markerOf(input.Marker);
      const itemsMax = input.MaxItems || PAGE_ITEMS_DEFAULT;
      const found = await eventsOf(queries, execution.id, {
        ...(after === undefined ? {} : { after }),
        isNewestFirst,
        limit: itemsMax + 1,
        keep: IncludeExecutionData ? (event) => event : withoutData,
        bytesMax: PAGE_BYTES_MAX,
      });
      const shown = fitting(found.slice(0, itemsMax));
      const last = shown.at(-1)?.EventId;
      const isMore = shown.length < found.length && last !== undefined;
      return { Events: shown, ...(isMore ? { NextMarker: String(last) } : {}) };
    });
}

/** As many as a page carries, and one at least. */
function fitting(events: readonly Event[]): readonly Event[] {
  let bytes = 0;
  const end = events.findIndex((event, index) => {
    bytes += Buffer.byteLength(JSON.stringify(event));
    return index > 0 && bytes > PAGE_BYTES_MAX;
  });
  return end === -1 ? events : events.slice(0, end);
}

/** @throws AwsError InvalidParameterValueException for a marker that none was */
function markerOf(marker: string | undefined): number | undefined {
  if (marker === undefined || marker === '') return undefined;
  const after = Number(marker);
  if (!Number.isSafeInteger(after)) throw invalidParameter('Invalid Marker');
  return after;
}
