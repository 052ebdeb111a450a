import { AwsError } from '#aws/errors.ts';
import {
  batchEntryIdsNotDistinct,
  emptyBatch,
  invalidBatchEntryId,
  tooManyEntries,
} from './errors.ts';
import { BATCH_ENTRIES_MAX, BATCH_ENTRY_ID_PATTERN } from './limits.ts';

/** One entry that failed, beside others that did not. */
export interface FailedEntry {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/**
 * Checks what holds for a batch as a whole.
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct
 */
export function checkBatch(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > BATCH_ENTRIES_MAX) throw tooManyEntries(entries.length);
  const seen = new Set<string>();
  for (const { Id: id } of entries) {
    if (!BATCH_ENTRY_ID_PATTERN.test(id)) throw invalidBatchEntryId();
    if (seen.has(id)) throw batchEntryIdsNotDistinct(id);
    seen.add(id);
  }
}

/** Runs each entry; an AwsError of one is its own failure, anything else is a bug and ends the request. */
export async function runBatch<Entry extends { readonly Id: string }, Result>(
  entries: readonly Entry[],
  run: (entry: Entry) => Promise<Result>,
): Promise<{ readonly successful: Result[]; readonly failed: FailedEntry[] }> {
  const successful: Result[] = [];
  const failed: FailedEntry[] = [];
  for (const entry of entries) {
    try {
      successful.push(await run(entry));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push(failureOf(entry.Id, error));
    }
  }
  return { successful, failed };
}

function failureOf(id: string, error: AwsError): FailedEntry {
  return {
    Id: id,
    SenderFault: error.fault === 'client',
    Code: error.code,
    Message: error.message,
  };
}
