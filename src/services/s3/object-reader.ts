import type { ObjectReader } from '#ports/peers/object-reader.ts';
import type { S3Core } from './core.ts';
import { sequenceOfId } from './version-id.ts';
import { NULL_VERSION, type ObjectVersion } from './model.ts';
import type { ObjectAddress } from '#ports/peers/object-reader.ts';
import type { Queries } from '#ports/world/database.ts';
import { findAndOpen, sourceOfVersion, type Source } from './read-content.ts';
import { findBucket } from './store.ts';
import { findLatest, findVersion } from './store-objects.ts';

type Looked =
  | { readonly kind: 'found'; readonly bytes: number; readonly source: Source }
  | {
      readonly kind: 'no-such-bucket' | 'no-such-key' | 'no-such-version';
      readonly source: Source;
    };

const NO_SOURCE: Source = { kind: 'bytes', bytes: new Uint8Array(0) };

/** Objects for another service: what their own account keeps in their Region. */
export function createObjectReader(core: S3Core): ObjectReader {
  return {
    async read(address) {
      const look = (): Promise<Looked> => core.database.read((queries) => lookUp(queries, address));
      const { found, content } = await findAndOpen(core.blobs, look);
      if (found.kind !== 'found') return { kind: found.kind };
      return { kind: 'found', bytes: found.bytes, content };
    },
  };
}

async function lookUp(queries: Queries, address: ObjectAddress): Promise<Looked> {
  const bucket = await findBucket(queries, address.bucket);
  const isTheirs = bucket?.accountId === address.accountId && bucket.region === address.region;
  if (!isTheirs) return { kind: 'no-such-bucket', source: NO_SOURCE };
  const version = await findAddressed(queries, address);
  if (!version && address.versionId !== undefined) {
    return { kind: 'no-such-version', source: NO_SOURCE };
  }
  if (!version || version.isDeleteMarker) return { kind: 'no-such-key', source: NO_SOURCE };
  return { kind: 'found', bytes: version.size, source: await sourceOfVersion(queries, version) };
}

async function findAddressed(
  queries: Queries,
  { bucket, key, versionId }: ObjectAddress,
): Promise<ObjectVersion | undefined> {
  if (versionId === undefined) return findLatest(queries, bucket, key);
  const sequence = sequenceOfId(versionId);
  if (sequence === undefined && versionId !== NULL_VERSION) return undefined;
  return findVersion(queries, bucket, key, { id: versionId, sequence });
}
