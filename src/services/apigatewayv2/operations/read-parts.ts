/** Reading what belongs to an API: one part, or a page of them. */
import type { Database } from '#ports/world/database.ts';
import { partsOf, requireApi, requirePart } from '../find-parts.ts';
import type { PartKind, Parts, Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { listParts } from '../store.ts';

export interface ApiReference {
  readonly context: Place;
  readonly ApiId: string;
}

/** @throws AwsError NotFoundException */
export function readPart<Kind extends PartKind>(
  database: Database,
  { context, ApiId }: ApiReference,
  kind: Kind,
  id: string,
): Promise<Parts[Kind]> {
  return database.read(async (queries) =>
    requirePart(queries, partsOf(await requireApi(queries, context, ApiId)), kind, id),
  );
}

interface PageInput {
  readonly ApiId: string;
  readonly MaxResults?: string;
  readonly NextToken?: string;
}

/** A page of an API's parts of one kind. */
export async function listPage<Kind extends PartKind>(
  database: Database,
  context: Place,
  input: PageInput,
  kind: Kind,
) {
  const parts = await database.read(async (queries) =>
    listParts(queries, partsOf(await requireApi(queries, context, input.ApiId)), kind),
  );
  return pageOf(parts, input);
}
