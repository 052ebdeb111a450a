import type {
  Archive as Listed,
  DescribeArchiveResponse,
  Operations,
} from '#aws/models/events.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Archive } from '../archive-event.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { alreadyExists, notFound } from '../errors.ts';
import { archiveArn, busAddressOf, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { countArchived, deleteArchivedBefore } from '../store-archived.ts';
import {
  deleteDocument,
  findDocument,
  listDocuments,
  saveDocument,
  type DocumentKey,
} from '../store-documents.ts';
import { placeOf, requireBus } from './event-buses.ts';
import { checkPattern } from './rules.ts';

/** Begins to keep a bus’s events that match a pattern. */
export function createArchive({
  database,
  clock,
}: EventsDependencies): Operations['CreateArchive'] {
  return async (context, input) => {
    const { ArchiveName: name, EventSourceArn, Description, EventPattern } = input;
    if (EventPattern !== undefined) checkPattern(EventPattern);
    const archive: Archive = {
      name,
      busArn: EventSourceArn,
      ...(Description === undefined ? {} : { description: Description }),
      ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
      retentionDays: input.RetentionDays ?? 0,
      createdAtMs: clock.now(),
    };
    await database.transact(async (tx) => {
      const bus = busAddressOf(context, EventSourceArn);
      await requireBus(tx, bus, bus.bus, clock.now());
      const key = keyOf(context, name);
      if ((await findDocument(tx, key)) !== undefined) {
        throw alreadyExists(`Archive ${name} already exists.`);
      }
      await saveDocument(tx, key, archive);
    });
    return summary(context, archive);
  };
}

/** What is left out stays. */
export function updateArchive({ database }: EventsDependencies): Operations['UpdateArchive'] {
  return async (context, { ArchiveName, Description, EventPattern, RetentionDays }) => {
    if (EventPattern !== undefined) checkPattern(EventPattern);
    const archive = await database.transact(async (tx) => {
      const changed: Archive = {
        ...(await requireArchive(tx, context, ArchiveName)),
        ...(Description === undefined ? {} : { description: Description }),
        ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
        ...(RetentionDays === undefined ? {} : { retentionDays: RetentionDays }),
      };
      await saveDocument(tx, keyOf(context, ArchiveName), changed);
      return changed;
    });
    return summary(context, archive);
  };
}

/** Its events go with it. */
export function deleteArchive({ database }: EventsDependencies): Operations['DeleteArchive'] {
  return async (context, { ArchiveName }) => {
    await database.transact(async (tx) => {
      await requireArchive(tx, context, ArchiveName);
      await deleteDocument(tx, keyOf(context, ArchiveName));
      const address = { ...placeOf(context), archive: ArchiveName };
      await deleteArchivedBefore(tx, address, Number.MAX_SAFE_INTEGER);
    });
    return {};
  };
}

/** Tells of one archive, and how much it keeps. */
export function describeArchive({ database }: EventsDependencies): Operations['DescribeArchive'] {
  return async (context, { ArchiveName }) =>
    database.read(async (queries) => {
      const archive = await requireArchive(queries, context, ArchiveName);
      const described: DescribeArchiveResponse = {
        ArchiveArn: archiveArn(context, ArchiveName),
        ...(archive.description === undefined ? {} : { Description: archive.description }),
        ...(archive.pattern === undefined ? {} : { EventPattern: archive.pattern }),
        ...(await list(queries, context, archive)),
      };
      return described;
    });
}

/** Lists archives by name, a page at a time. */
export function listArchives({ database, clock }: EventsDependencies): Operations['ListArchives'] {
  return async (context, { NamePrefix = '', EventSourceArn, State, NextToken, Limit }) => {
    const place = placeOf(context);
    return database.transact(async (tx) => {
      if (EventSourceArn !== undefined) {
        const bus = busAddressOf(context, EventSourceArn);
        await requireBus(tx, bus, bus.bus, clock.now());
      }
      const filter = { ...place, kind: 'archive', prefix: NamePrefix } as const;
      const archives = await listDocuments<Archive>(tx, filter);
      const wanted = archives.filter(
        ({ busArn }) =>
          (EventSourceArn === undefined || busArn === EventSourceArn) &&
          (State === undefined || State === 'ENABLED'),
      );
      const paging = { token: NextToken, limit: Limit };
      const { page, next } = pageOf(wanted, ({ name }) => name, paging);
      const Archives: Listed[] = [];
      for (const archive of page) Archives.push(await list(tx, place, archive));
      return { Archives, ...next };
    });
  };
}

/** The archive of a name, or `undefined`. */
export function findArchive(
  queries: Queries,
  place: Place,
  name: string,
): Promise<Archive | undefined> {
  return findDocument<Archive>(queries, keyOf(place, name));
}

/** @throws AwsError ResourceNotFoundException */
async function requireArchive(queries: Queries, place: Place, name: string): Promise<Archive> {
  const archive = await findArchive(queries, place, name);
  if (archive === undefined) throw notFound(`Archive ${name} does not exist.`);
  return archive;
}

function keyOf(place: Place, name: string): DocumentKey {
  return { ...placeOf(place), kind: 'archive', name };
}

function summary(place: Place, archive: Archive) {
  return {
    ArchiveArn: archiveArn(place, archive.name),
    State: 'ENABLED',
    CreationTime: archive.createdAtMs,
  };
}

async function list(queries: Queries, place: Place, archive: Archive): Promise<Listed> {
  const address = { ...placeOf(place), archive: archive.name };
  const { events, bytes } = await countArchived(queries, address);
  return {
    ArchiveName: archive.name,
    EventSourceArn: archive.busArn,
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    SizeBytes: bytes,
    EventCount: events,
    CreationTime: archive.createdAtMs,
  };
}
