import { AwsError } from '#aws/errors.ts';
import {
  batchEntryIdsNotDistinct,
  emptyBatch,
  invalidBatchEntryId,
  missingParameter,
  tooManyEntries,
  type BatchOperation,
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
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct,
 *   MissingParameter
 */
export function checkBatch(
  operation: BatchOperation,
  entries: readonly { readonly Id?: string }[],
): void {
  if (entries.length === 0) throw emptyBatch(operation);
  if (entries.length > BATCH_ENTRIES_MAX) throw tooManyEntries(entries.length);
  const seen = new Set<string>();
  for (const { Id: id } of entries) {
    if (id === undefined) throw missingParameter('Id');
    if (!BATCH_ENTRY_ID_PATTERN.test(id)) throw invalidBatchEntryId();
    if (seen.has(id)) throw batchEntryIdsNotDistinct(id);
    seen.add(id);
  }
}

/** The answer to a batch. */
export interface BatchAnswer<Result> {
  readonly Successful: Result[];
  readonly Failed: FailedEntry[];
}

/**
 * Runs each entry; an AwsError of one is its own failure, anything else is a bug and ends the request.
 * A list without entries is left out, though AWS's model requires it: recorded in 2025 in
 * `lambda_integration_sqs: test_sqs_event_source_mapping_batch_size[100]`.
 */
export async function runBatch<Entry extends { readonly Id: string }, Result>(
  entries: readonly Entry[],
  run: (entry: Entry) => Promise<Result>,
): Promise<BatchAnswer<Result>> {
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
  const answer: Partial<BatchAnswer<Result>> = {
    ...(successful.length > 0 && { Successful: successful }),
    ...(failed.length > 0 && { Failed: failed }),
  };
  return answer as BatchAnswer<Result>;
}

function failureOf(id: string, error: AwsError): FailedEntry {
  return {
    Id: id,
    SenderFault: error.fault === 'client',
    Code: error.code,
    Message: error.message,
  };
}
