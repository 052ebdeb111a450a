import type {
  Checksum,
  GetObjectAttributesOutput,
  GetObjectAttributesParts,
  GetObjectAttributesRequest,
  Operations,
} from '#aws/models/s3.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import { checksumMember } from '../checksum.ts';
import { wholeSeconds } from '../conditions.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { checkCustomerKey } from '../encryption.ts';
import { invalidArgument } from '../errors.ts';
import { requireObject, versionMember } from '../find-object.ts';
import { pageLimit } from '../list-page.ts';
import type { ObjectVersion } from '../model.ts';
import { readParts } from '../store-objects.ts';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export function getObjectAttributes(core: S3Core): Operations['GetObjectAttributes'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const unknown = input.ObjectAttributes.find((name) => !ATTRIBUTES.includes(name));
      if (unknown !== undefined) {
        const message = 'Invalid attribute name specified.';
        throw invalidArgument(message, 'x-amz-object-attributes', unknown);
      }
      const bucket = await requireBucket(queries, context, input);
      const version = await requireObject(queries, context, input);
      checkCustomerKey(input, version.attributes.encryption);
      return {
        LastModified: wholeSeconds(version.modifiedAtMs),
        ...versionMember(version, bucket),
        ...(await attributesOf(queries, version, input)),
      };
    });
}

async function attributesOf(
  queries: Queries,
  version: ObjectVersion,
  input: GetObjectAttributesRequest,
): Promise<GetObjectAttributesOutput> {
  const isAsked = (name: string): boolean => input.ObjectAttributes.includes(name);
  return {
    ...(isAsked('ETag') ? { ETag: version.etag } : {}),
    ...(isAsked('Checksum') && version.checksum ? { Checksum: checksumOf(version.checksum) } : {}),
    ...(isAsked('ObjectParts') && version.partCount !== undefined
      ? { ObjectParts: await partsOf(queries, version, version.partCount, input) }
      : {}),
    ...(isAsked('StorageClass') ? { StorageClass: version.storageClass } : {}),
    ...(isAsked('ObjectSize') ? { ObjectSize: version.size } : {}),
  };
}

/** A composite checksum is told here without the number of its parts. */
function checksumOf({ algorithm, value, type }: NonNullable<ObjectVersion['checksum']>): Checksum {
  return { ...checksumMember(algorithm, value.replace(/-\d+$/, '')), ChecksumType: type };
}

/**
 * The parts themselves only where they have checksums of their own. Their number is bounded by the request only behind
 * a marker: recorded in s3_list_operations.json TestS3ListParts::test_list_parts_via_object_attrs_pagination.
 */
async function partsOf(
  queries: Queries,
  version: ObjectVersion,
  count: number,
  input: GetObjectAttributesRequest,
): Promise<GetObjectAttributesParts> {
  const { checksum } = version;
  if (checksum?.type !== 'COMPOSITE') return { TotalPartsCount: count };
  const { PartNumberMarker: marker = 0, MaxParts: asked } = input;
  const limit = pageLimit(input.PartNumberMarker === undefined ? undefined : asked, 'max-parts');
  const rest = (await readParts(queries, version)).filter(({ number }) => number > marker);
  const page = rest.slice(0, limit).map(({ number, size, checksum: value }) => ({
    PartNumber: number,
    Size: size,
    ...(value === undefined ? {} : checksumMember(checksum.algorithm, value)),
  }));
  return {
    TotalPartsCount: count,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.PartNumber ?? 0,
    MaxParts: limit,
    IsTruncated: rest.length > page.length && limit > 0,
    ...(page.length === 0 ? {} : { Parts: page }),
  };
}
