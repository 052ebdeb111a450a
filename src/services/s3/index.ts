import { AwsError } from '#aws/errors.ts';
import type { ServiceExtras } from '#aws/extras.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { MIB, HOUR_MS } from '#kernel/units.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { ObjectReader } from '#ports/peers/object-reader.ts';
import type { Schema } from '#ports/world/database.ts';
import { BlobLedger } from '#ports/world/blob-ledger.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { sweepBlobs } from '#ports/world/sweep-blobs.ts';
import type { S3Core, S3Dependencies } from './core.ts';
import { createS3Deliverer } from './delivery.ts';
import { expireAll, LIFECYCLE_TOPIC } from './expire.ts';
import { createExtras } from './extras.ts';
import { createObjectReader } from './object-reader.ts';
import { createOperations, UNSIGNED } from './operations.ts';
import { BUCKET_POLICIES, S3_PERMISSIONS } from './permissions.ts';
import { schema } from './schema.ts';
import { createSequence } from './sequence.ts';
import { isBlobNamed } from './store-objects.ts';
import { createWebsite } from './website-host.ts';

export type { S3Dependencies } from './core.ts';

export interface S3 {
  readonly service: Service;
  /** Preflights, forms and CORS headers; for the gateway, under the name `s3`. */
  readonly extras: ServiceExtras;
  /** Buckets as websites, by their hosts. */
  readonly website: HttpSurface;
  readonly objects: ObjectReader;
  readonly deliverer: Deliverer;
  /** Buckets' policies, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  readonly schema: Schema;
  /** Sweeps what a crash left, then ends what lifecycles end; until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Bytes of a body that is XML: the longest is DeleteObjects', of 1000 keys. */
const BODY_BYTES_MAX = 4 * MIB;

/** S3 over a store and the peers that its notifications reach. */
export function createS3(dependencies: S3Dependencies): S3 {
  const { blobs, clock, log, wakeups } = dependencies;
  const core: S3Core = {
    ...dependencies,
    ledger: new BlobLedger({
      blobs,
      log,
      idsOf: ({ content }) => (content.kind === 'blob' ? [content.id] : []),
      isRefusal: (error) => error instanceof AwsError,
    }),
    sequence: createSequence(clock),
  };
  return {
    service: {
      model: s3,
      operations: createOperations(core),
      unsigned: UNSIGNED,
      permissions: S3_PERMISSIONS,
      bodyBytesMax: BODY_BYTES_MAX,
    },
    extras: createExtras(core),
    website: createWebsite(core),
    objects: createObjectReader(core),
    deliverer: createS3Deliverer(core),
    resourcePolicies: BUCKET_POLICIES,
    schema,
    async run(signal) {
      await sweepBlobs({ ...core, isNamed: isBlobNamed }, signal);
      const work = (): Promise<number> => expireAll(core, signal);
      const loop = { clock, wakeups, topic: LIFECYCLE_TOPIC, intervalMs: HOUR_MS, work, signal };
      await runDueLoop(loop);
    },
  };
}
