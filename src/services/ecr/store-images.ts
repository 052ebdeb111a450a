/** Images, their tags, and what they are made of, on the database. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { pathOf, type Image, type RepositoryAddress } from './model.ts';

/** An image by its digest, or `undefined`. */
export async function findImage(
  queries: Queries,
  address: RepositoryAddress,
  digest: string,
): Promise<Image | undefined> {
  const sql = 'SELECT body FROM ecr_images WHERE repository = $1 AND digest = $2';
  const row = await queries.get<{ readonly body: string }>(sql, pathOf(address), digest);
  // What saveImage has stored, here and below.
  return row && (JSON.parse(row.body) as Image);
}

/** The digest that a tag names, or `undefined`. */
export async function findTag(
  queries: Queries,
  address: RepositoryAddress,
  tag: string,
): Promise<string | undefined> {
  const sql = 'SELECT digest FROM ecr_tags WHERE repository = $1 AND tag = $2';
  return (await queries.get<{ readonly digest: string }>(sql, pathOf(address), tag))?.digest;
}

/** The image that a tag names, or a digest. */
export async function findReference(
  queries: Queries,
  address: RepositoryAddress,
  reference: string,
): Promise<Image | undefined> {
  const isDigest = reference.includes(':');
  const digest = isDigest ? reference : await findTag(queries, address, reference);
  return digest === undefined ? undefined : await findImage(queries, address, digest);
}

/** All images of a repository, by their digests. */
export async function listImages(
  queries: Queries,
  address: RepositoryAddress,
): Promise<readonly Image[]> {
  const sql = 'SELECT body FROM ecr_images WHERE repository = $1 ORDER BY digest';
  const rows = await queries.all<{ readonly body: string }>(sql, pathOf(address));
  return rows.map(({ body }) => JSON.parse(body) as Image);
}

/** All tags of a repository, in their order. */
export async function listTags(
  queries: Queries,
  address: RepositoryAddress,
): Promise<readonly { readonly tag: string; readonly digest: string }[]> {
  const sql = 'SELECT tag, digest FROM ecr_tags WHERE repository = $1 ORDER BY tag';
  return await queries.all(sql, pathOf(address));
}

/** The tags that name an image. */
export async function tagsOf(
  queries: Queries,
  address: RepositoryAddress,
  digest: string,
): Promise<readonly string[]> {
  const sql = 'SELECT tag FROM ecr_tags WHERE repository = $1 AND digest = $2 ORDER BY tag';
  const rows = await queries.all<{ readonly tag: string }>(sql, pathOf(address), digest);
  return rows.map(({ tag }) => tag);
}

/** The digests of the images that name this one: lists of several platforms. */
export async function listsOf(
  queries: Queries,
  address: RepositoryAddress,
  digest: string,
): Promise<readonly string[]> {
  const sql = `SELECT image_digest FROM ecr_references WHERE repository = $1 AND digest = $2
    ORDER BY image_digest`;
  const rows = await queries.all<{ readonly image_digest: string }>(sql, pathOf(address), digest);
  return rows.map(({ image_digest: list }) => list);
}

/** Keeps an image, with the digests of all that it is made of. */
export async function saveImage(
  tx: Transaction,
  address: RepositoryAddress,
  image: Image,
  parts: readonly string[],
): Promise<void> {
  const repository = pathOf(address);
  await tx.run(
    `INSERT INTO ecr_images (repository, digest, body) VALUES ($1, $2, $3)
     ON CONFLICT (repository, digest) DO UPDATE SET body = excluded.body`,
    repository,
    image.digest,
    JSON.stringify(image),
  );
  for (const part of parts) {
    await tx.run(
      `INSERT INTO ecr_references (repository, image_digest, digest) VALUES ($1, $2, $3)
       ON CONFLICT (repository, image_digest, digest) DO NOTHING`,
      repository,
      image.digest,
      part,
    );
  }
}

/** Lets a tag name an image, whatever it named before. */
export async function saveTag(
  tx: Transaction,
  address: RepositoryAddress,
  tag: string,
  digest: string,
): Promise<void> {
  await tx.run(
    `INSERT INTO ecr_tags (repository, tag, digest) VALUES ($1, $2, $3)
     ON CONFLICT (repository, tag) DO UPDATE SET digest = excluded.digest`,
    pathOf(address),
    tag,
    digest,
  );
}

/** Takes a tag away. */
export async function deleteTag(
  tx: Transaction,
  address: RepositoryAddress,
  tag: string,
): Promise<void> {
  await tx.run('DELETE FROM ecr_tags WHERE repository = $1 AND tag = $2', pathOf(address), tag);
}

/** Deletes an image and its tags; its layers stay for a while, counted from now. */
export async function deleteImageRows(
  tx: Transaction,
  address: RepositoryAddress,
  digest: string,
  nowMs: number,
): Promise<void> {
  const repository = pathOf(address);
  await tx.run(
    `UPDATE ecr_layers SET touched_at_ms = $3 WHERE repository = $1 AND digest IN
     (SELECT digest FROM ecr_references WHERE repository = $1 AND image_digest = $2)`,
    repository,
    digest,
    nowMs,
  );
  await tx.run('DELETE FROM ecr_tags WHERE repository = $1 AND digest = $2', repository, digest);
  const sql = 'DELETE FROM ecr_references WHERE repository = $1 AND image_digest = $2';
  await tx.run(sql, repository, digest);
  await tx.run('DELETE FROM ecr_images WHERE repository = $1 AND digest = $2', repository, digest);
}

/** True where a repository holds an image. */
export async function hasImages(queries: Queries, address: RepositoryAddress): Promise<boolean> {
  const sql = 'SELECT 1 FROM ecr_images WHERE repository = $1 LIMIT 1';
  return (await queries.get(sql, pathOf(address))) !== undefined;
}
