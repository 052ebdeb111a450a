/** A stream as the target of another service's events. */
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Queries } from '#ports/world/database.ts';
import { KIB } from '#kernel/units.ts';
import { appendRecords } from './append.ts';
import type { KinesisParts } from './dependencies.ts';
import { parseStreamArn } from './model.ts';
import type { Stream } from './model.ts';
import { findStream } from './store-streams.ts';

/**
 * Delivers by putting a record, in the caller's own transaction; its partition key is chance
 * where none is given.
 */
export function createKinesisDeliverer({ clock, random, wakeups, meter }: KinesisParts): Deliverer {
  return {
    deliver: async ({ targetArn, payload, options }, tx) => {
      const stream = await streamOfArn(tx, targetArn);
      if (stream === undefined) return 'missing';
      if (payload.byteLength > stream.settings.recordKibMax * KIB) return 'unsupported';
      const partitionKey = options?.partitionKey ?? random.uuid();
      const record = { data: payload, partitionKey, hashKey: undefined };
      const nowMs = Math.floor(clock.now());
      await appendRecords(tx, stream, [record], { nowMs, wakeups, meter });
      return 'deliverable';
    },
    check: async ({ targetArn }, tx) =>
      (await streamOfArn(tx, targetArn)) === undefined ? 'missing' : 'deliverable',
  };
}

/** The stream that an ARN names, in whichever account and Region. */
export async function streamOfArn(queries: Queries, arn: string): Promise<Stream | undefined> {
  const address = parseStreamArn(arn);
  return address && findStream(queries, address);
}
