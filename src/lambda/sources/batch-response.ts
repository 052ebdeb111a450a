/** What a function that reports batch item failures has said. Pure. */
import { textOf } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';

/**
 * Ids of the records that failed; all of them where the answer makes no sense: no JSON, or an item without
 * the identifier of a record of the batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * @see recordings `test_dynamodb_report_batch_item_failure_scenarios`, `…_success_scenarios`
 */
export function failedIdsOf(payload: Uint8Array, ids: readonly string[]): ReadonlySet<string> {
  const none: ReadonlySet<string> = new Set();
  const all = new Set(ids);
  const text = textOf(payload).trim();
  if (text === '' || text === 'null' || text === '""' || text === '[]') return none;
  const answer = parseJson(text);
  if (!isObject(answer)) return all;
  const { batchItemFailures: failures } = answer;
  if (failures === undefined || failures === null) return none;
  if (!Array.isArray(failures)) return all;
  const failed = failures.map((item: unknown) =>
    isObject(item) ? item['itemIdentifier'] : undefined,
  );
  const isKnown = (id: unknown): id is string => typeof id === 'string' && all.has(id);
  return failed.every(isKnown) ? new Set(failed) : all;
}
