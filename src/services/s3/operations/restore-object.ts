import { HTTP_STATUS } from '#aws/extras.ts';
import type { Operations, RestoreObjectOutput } from '#aws/models/s3.types.gen.ts';
import { DAY_MS } from '#kernel/units.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { requireObject } from '../find-object.ts';
import { nextMidnight } from '../lifecycle.ts';
import { causeOf } from '../notification-event.ts';
import { notify } from '../notify.ts';
import { updateVersion } from '../store-objects.ts';
import { attributeEvent } from './object-tagging.ts';

/** An archived object can be read at once after it. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html */
export function restoreObject(core: S3Core): Operations['RestoreObject'] {
  return (context, input) =>
    core.database.transact(async (tx) => {
      const bucket = await requireBucket(tx, context, input);
      const version = await requireObject(tx, context, input);
      const days = input.RestoreRequest?.Days;
      if (days === undefined || days < 1) throw s3Error('MalformedXML');
      if (!['GLACIER', 'DEEP_ARCHIVE'].includes(version.storageClass)) {
        throw s3Error(
          'InvalidObjectState',
          { StorageClass: version.storageClass },
          "Restore is not allowed for the object's current storage class",
        );
      }
      const nowMs = core.clock.now();
      const isRestored = (version.attributes.restoredUntilMs ?? 0) > nowMs;
      const restoredUntilMs = nextMidnight(nowMs + days * DAY_MS);
      await updateVersion(tx, version, { attributes: { ...version.attributes, restoredUntilMs } });
      if (!isRestored) {
        const cause = causeOf(context, nowMs);
        const event = {
          ...attributeEvent('ObjectRestore:Post', version),
          size: version.size,
          archive: { storageClass: version.storageClass, restoredUntilMs },
        };
        await notify(core, tx, bucket, { event, cause });
        const completed = { ...event, name: 'ObjectRestore:Completed' } as const;
        await notify(core, tx, bucket, { event: completed, cause });
      }
      const output: RestoreObjectOutput & { [HTTP_STATUS]: number } = {
        [HTTP_STATUS]: isRestored ? 200 : 202,
      };
      return output;
    });
}
