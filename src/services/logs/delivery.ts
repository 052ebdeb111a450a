/** A log group as the target of other services: each delivery is one event in it. */
import { createHash } from 'node:crypto';
import { parseArn } from '#kernel/arn.ts';
import { textOf } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Deliverer, Delivery } from '#ports/peers/deliverer.ts';
import type { Queries } from '#ports/world/database.ts';
import type { LogsDependencies } from './dependencies.ts';
import { groupNameOf, partBatch, type LogGroup, type NewEvent } from './model.ts';
import { findGroup } from './store-groups.ts';
import { findStream, insertStream } from './store-streams.ts';
import type { EventWriter } from './write-events.ts';

/**
 * Writes to groups that are there; the stream is made with a source's first event.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html CloudWatch Logs
 */
export function createLogsDeliverer(
  { clock }: Pick<LogsDependencies, 'clock'>,
  writer: EventWriter,
): Deliverer {
  return {
    deliver: async (delivery, tx) => {
      const group = await groupOf(tx, delivery.targetArn);
      if (group === undefined) return 'missing';
      const nowMs = Math.floor(clock.now());
      const { accepted } = partBatch([eventOf(delivery, nowMs)], group, nowMs);
      if (accepted.length === 0) return 'unsupported';
      const { groupId } = group;
      const name = streamNameOf(delivery.sourceArn);
      const stream =
        (await findStream(tx, groupId, name)) ??
        (await insertStream(tx, { groupId, name, createdAtMs: nowMs }));
      await writer.write(tx, { group, stream }, accepted);
      return 'deliverable';
    },
    check: async ({ targetArn }, tx) =>
      (await groupOf(tx, targetArn)) === undefined ? 'missing' : 'deliverable',
  };
}

async function groupOf(queries: Queries, target: string): Promise<LogGroup | undefined> {
  const arn = parseArn(target);
  if (arn === undefined || !arn.resource.startsWith('log-group:')) return undefined;
  return findGroup(queries, arn, groupNameOf(target));
}

/** An input transformer may say the time and the message: `{"timestamp": MS, "message": "…"}`. */
function eventOf({ payload }: Delivery, nowMs: number): NewEvent {
  const text = textOf(payload);
  const given = parseJson(text);
  if (!isObject(given) || Object.keys(given).sort().join() !== 'message,timestamp') {
    return { timestamp: nowMs, message: text };
  }
  const { timestamp, message } = given;
  const atMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number(timestamp);
  return {
    timestamp: Number.isSafeInteger(atMs) ? atMs : nowMs,
    message: typeof message === 'string' ? message : JSON.stringify(message),
  };
}

/** A name such as AWS gives, the same for all events of a source. */
function streamNameOf(sourceArn: string): string {
  const hash = createHash('sha256').update(sourceArn).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
}
