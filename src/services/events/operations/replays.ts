import type {
  Operations,
  Replay as Listed,
  StartReplayRequest,
} from '#aws/models/events.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { alreadyExists, limitExceeded, notFound, validation } from '../errors.ts';
import { REPLAY_CANCELLING_MS, REPLAY_STARTING_MS, REPLAYS_ACTIVE_MAX } from '../limits.ts';
import { busAddressOf, replayArn, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { isActive, type Replay } from '../replay.ts';
import { REPLAYS_TOPIC } from '../run-replays.ts';
import { findDocument, listDocuments, saveDocument, type DocumentKey } from '../store-documents.ts';
import { findArchive } from './archives.ts';
import { placeOf, requireBus } from './event-buses.ts';

/** Recorded: archive_and_replay, `test_start_replay_error_*`. */
export function startReplay(dependencies: EventsDependencies): Operations['StartReplay'] {
  const { database, clock, wakeups } = dependencies;
  return async (context, input) => {
    if (input.EventStartTime >= input.EventEndTime) {
      const reason = 'EventStartTime must be before EventEndTime.';
      throw validation(`Parameter EventEndTime is not valid. Reason: ${reason}`);
    }
    if (!/^arn:[^:]+:events:[^:]*:\d{12}:event-bus\//.test(input.Destination.Arn)) {
      const reason = 'Must contain an event bus ARN.';
      throw validation(`Parameter Destination.Arn is not valid. Reason: ${reason}`);
    }
    const archiveName = parseArn(input.EventSourceArn)?.resource.replace(/^archive\//, '') ?? '';
    const dueAtMs = clock.steadyMs() + REPLAY_STARTING_MS;
    const replay = { ...replayOf(input, archiveName, clock.now()), dueAtMs };
    const key = keyOf(context, replay.name);
    await database.transact(async (tx) => {
      const bus = busAddressOf(context, replay.busArn);
      await requireBus(tx, bus, bus.bus, clock.now());
      const archive = await findArchive(tx, context, archiveName);
      if (archive === undefined) {
        const reason = `Archive ${archiveName} does not exist.`;
        throw validation(`Parameter EventSourceArn is not valid. Reason: ${reason}`);
      }
      if (archive.busArn !== replay.busArn) {
        const reason = 'Cross event bus replay is not permitted.';
        throw validation(`Parameter Destination.Arn is not valid. Reason: ${reason}`);
      }
      if ((await findDocument(tx, key)) !== undefined) {
        throw alreadyExists(`Replay ${replay.name} already exists.`);
      }
      const replays = await listDocuments<Replay>(tx, { ...placeOf(context), kind: 'replay' });
      if (replays.filter(isActive).length >= REPLAYS_ACTIVE_MAX) throw limitExceeded();
      await saveDocument(tx, key, replay);
      tx.afterCommit(() => wakeups.notify(REPLAYS_TOPIC));
    });
    return {
      ReplayArn: replayArn(context, replay.name),
      State: replay.state,
      ReplayStartTime: replay.startedAtMs,
    };
  };
}

function replayOf(input: StartReplayRequest, archive: string, nowMs: number): Replay {
  const { Destination, Description } = input;
  return {
    name: input.ReplayName,
    archive,
    archiveArn: input.EventSourceArn,
    busArn: Destination.Arn,
    ...(Destination.FilterArns === undefined ? {} : { ruleArns: Destination.FilterArns }),
    ...(Description === undefined ? {} : { description: Description }),
    eventStartMs: input.EventStartTime,
    eventEndMs: input.EventEndTime,
    state: 'STARTING',
    startedAtMs: nowMs,
    cursor: { atMs: input.EventStartTime, eventId: '' },
  };
}

/** Ends a replay before its end; what it has sent stays sent. */
export function cancelReplay({
  clock,
  database,
  wakeups,
}: EventsDependencies): Operations['CancelReplay'] {
  return async (context, { ReplayName }) => {
    const key = keyOf(context, ReplayName);
    await database.transact(async (tx) => {
      const replay = await requireReplay(tx, key);
      if (!isActive(replay)) {
        const message = `Replay ${ReplayName} is not in a valid state for this operation.`;
        throw validation(message);
      }
      const dueAtMs = clock.steadyMs() + REPLAY_CANCELLING_MS;
      await saveDocument(tx, key, { ...replay, state: 'CANCELLING', dueAtMs } satisfies Replay);
      tx.afterCommit(() => wakeups.notify(REPLAYS_TOPIC));
    });
    return { ReplayArn: replayArn(context, ReplayName), State: 'CANCELLING' };
  };
}

/** Tells how far a replay has got. */
export function describeReplay({ database }: EventsDependencies): Operations['DescribeReplay'] {
  return async (context, { ReplayName }) => {
    const key = keyOf(context, ReplayName);
    const replay = await database.read((queries) => requireReplay(queries, key));
    const { ruleArns, description } = replay;
    return {
      ...list(replay),
      ReplayArn: replayArn(context, ReplayName),
      ...(description === undefined ? {} : { Description: description }),
      Destination: {
        Arn: replay.busArn,
        ...(ruleArns === undefined ? {} : { FilterArns: ruleArns }),
      },
    };
  };
}

/** Lists replays by name, a page at a time. */
export function listReplays({ database }: EventsDependencies): Operations['ListReplays'] {
  return async (context, { NamePrefix = '', EventSourceArn, State, NextToken, Limit }) => {
    const filter = { ...placeOf(context), kind: 'replay', prefix: NamePrefix } as const;
    const replays = await database.read((queries) => listDocuments<Replay>(queries, filter));
    const wanted = replays.filter(
      ({ archiveArn, state }) =>
        (EventSourceArn === undefined || archiveArn === EventSourceArn) &&
        (State === undefined || state === State),
    );
    const { page, next } = pageOf(wanted, ({ name }) => name, { token: NextToken, limit: Limit });
    return { Replays: page.map(list), ...next };
  };
}

async function requireReplay(queries: Queries, key: DocumentKey): Promise<Replay> {
  const replay = await findDocument<Replay>(queries, key);
  if (replay === undefined) throw notFound(`Replay ${key.name} does not exist.`);
  return replay;
}

function keyOf(place: Place, name: string): DocumentKey {
  return { ...placeOf(place), kind: 'replay', name };
}

function list(replay: Replay): Listed {
  const { endedAtMs, lastReplayedMs } = replay;
  return {
    ReplayName: replay.name,
    EventSourceArn: replay.archiveArn,
    State: replay.state,
    EventStartTime: replay.eventStartMs,
    EventEndTime: replay.eventEndMs,
    ...(lastReplayedMs === undefined ? {} : { EventLastReplayedTime: lastReplayedMs }),
    ReplayStartTime: replay.startedAtMs,
    ...(endedAtMs === undefined ? {} : { ReplayEndTime: endedAtMs }),
  };
}
