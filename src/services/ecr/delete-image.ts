import type { Transaction } from '#ports/world/database.ts';
import type { RepositoryAddress } from './model.ts';
import { deleteImageRows, deleteTag, findImage, findTag, listsOf, tagsOf } from './store-images.ts';

/** Which image is meant: by a tag, a digest, or both. */
export interface ImageName {
  readonly digest?: string;
  readonly tag?: string;
}

export type Deleted =
  | { readonly kind: 'deleted'; readonly digest: string; readonly tags: readonly string[] }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'in-lists'; readonly lists: readonly string[] };

/** Takes a tag away, and with the last one the image; or an image with all its tags, where it is named by its digest. */
export async function deleteImage(
  tx: Transaction,
  address: RepositoryAddress,
  { digest: given, tag }: ImageName,
  nowMs: number,
): Promise<Deleted> {
  const tagged = tag === undefined ? undefined : await findTag(tx, address, tag);
  const digest = given ?? tagged;
  const image = digest === undefined ? undefined : await findImage(tx, address, digest);
  if (image === undefined) return { kind: 'not-found' };
  if (tag !== undefined && tagged !== image.digest) return { kind: 'mismatch' };
  const tags = await tagsOf(tx, address, image.digest);
  if (tag !== undefined && tags.length > 1) {
    await deleteTag(tx, address, tag);
    return { kind: 'deleted', digest: image.digest, tags: [tag] };
  }
  const lists = await listsOf(tx, address, image.digest);
  if (lists.length > 0) {
    if (tag === undefined) return { kind: 'in-lists', lists };
    await deleteTag(tx, address, tag);
    return { kind: 'deleted', digest: image.digest, tags: [tag] };
  }
  await deleteImageRows(tx, address, image.digest, nowMs);
  return { kind: 'deleted', digest: image.digest, tags };
}
