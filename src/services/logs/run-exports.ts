/**
 * Carries out export tasks: each stream's events become gzipped objects `PREFIX/TASK/STREAM/000000.gz`.
 *
 * I1 A task is PENDING until its last object is in the bucket; a
 *    server that ends in between begins again and writes the same keys.
 */
import { gzipSync } from 'node:zlib';
import type { CreateExportTaskRequest } from '#aws/models/logs.types.gen.ts';
import { formatArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { LogsDependencies } from './dependencies.ts';
import { EXPORT_OBJECT_BYTES_MAX } from './limits.ts';
import { bytesOf, logGroupArn } from './model.ts';
import type { LogGroup, Position, StoredEvent } from './model.ts';
import { readEvents } from './read-events.ts';
import { findSetting, findSettingsOfAll, putSetting } from './store-filters.ts';
import type { OwnedSetting } from './store-filters.ts';
import { findGroup } from './store-groups.ts';
import { listStreams } from './store-streams.ts';

export interface ExportSettings extends CreateExportTaskRequest {
  readonly status: 'CANCELLED' | 'COMPLETED' | 'FAILED' | 'PENDING';
  readonly completedAtMs?: number;
}

type Task = OwnedSetting<ExportSettings>;

const STREAMS_MAX = 10_000;

/** A delivery to a bucket for a group; its key and content are still to come. */
export function bucketDelivery(group: LogGroup, bucket: string): Delivery {
  return {
    targetArn: formatArn('s3', '', '', bucket),
    sourceArn: logGroupArn(group, group.name),
    sourceService: 'logs.amazonaws.com',
    sourceAccountId: group.accountId,
    payload: new Uint8Array(0),
  };
}

export class ExportRunner {
  readonly #dependencies: LogsDependencies;
  #wake: (() => void) | undefined;
  #isNotified = false;

  constructor(dependencies: LogsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Tells that there may be a task. */
  notify(): void {
    this.#isNotified = true;
    this.#wake?.();
  }

  /** Carries out tasks until the signal aborts; first those that an earlier server left. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isNotified = false;
      await this.runPending(signal);
      await this.#notified(signal);
    }
  }

  /** Carries out what waits now. */
  async runPending(signal: AbortSignal): Promise<void> {
    const { database, log } = this.#dependencies;
    const tasks = await database.read((queries) =>
      findSettingsOfAll<ExportSettings>(queries, 'export-task'),
    );
    for (const task of tasks) {
      if (task.settings.status !== 'PENDING' || signal.aborted) continue;
      try {
        await this.#carryOut(task, signal);
      } catch (error) {
        log.warn('an export of logs failed', { task: task.name, error: String(error) });
        await this.#end(task, 'FAILED');
      }
    }
  }

  #notified(signal: AbortSignal): Promise<void> {
    if (this.#isNotified || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake);
    });
  }

  async #carryOut(task: Task, signal: AbortSignal): Promise<void> {
    const { database } = this.#dependencies;
    const { logGroupName, logStreamNamePrefix: prefix = '' } = task.settings;
    const group = await database.read((queries) => findGroup(queries, task, logGroupName));
    if (group === undefined) return this.#end(task, 'FAILED');
    const streams = await database.read((queries) =>
      listStreams(queries, {
        groupId: group.groupId,
        prefix,
        after: undefined,
        isByLastEvent: false,
        isDescending: false,
        limit: STREAMS_MAX,
      }),
    );
    await this.#write(task, group, 'aws-logs-write-test', utf8('Permission Check Successful'));
    for (const { streamId, name } of streams) {
      if (signal.aborted) return undefined;
      await this.#exportStream(task, group, { streamId, name });
    }
    return this.#end(task, 'COMPLETED');
  }

  async #exportStream(
    task: Task,
    group: LogGroup,
    { streamId, name }: { readonly streamId: number; readonly name: string },
  ): Promise<void> {
    let last: Position | undefined;
    for (let number = 0; ; number += 1) {
      const events = await this.#read(task, group, streamId, last);
      last = events.at(-1);
      if (last === undefined) return;
      const lines = events.map(
        ({ timestamp, message }) => `${new Date(timestamp).toISOString()} ${message}\n`,
      );
      const part = String(number).padStart(6, '0');
      const key = `${task.name}/${name.replaceAll('/', '-')}/${part}.gz`;
      await this.#write(task, group, key, gzipSync(lines.join('')));
    }
  }

  /** The next events of a stream, as many as one object takes. */
  async #read(
    { settings: { from, to } }: Task,
    { groupId }: LogGroup,
    streamId: number,
    beyond: Position | undefined,
  ): Promise<StoredEvent[]> {
    return this.#dependencies.database.read(async (queries) => {
      const events: StoredEvent[] = [];
      let bytes = 0;
      const query = { groupId, streamIds: [streamId], fromMs: from, toMs: to - 1 };
      const rest = beyond === undefined ? {} : { beyond };
      for await (const event of readEvents(queries, { ...query, direction: 'forward', ...rest })) {
        events.push(event);
        bytes += bytesOf(event);
        if (bytes >= EXPORT_OBJECT_BYTES_MAX) break;
      }
      return events;
    });
  }

  async #write(
    { settings: { destination, destinationPrefix = 'exportedlogs' } }: Task,
    group: LogGroup,
    key: string,
    payload: Uint8Array,
  ): Promise<void> {
    const { database, deliverer } = this.#dependencies;
    const outcome = await database.transact((tx) =>
      deliverer.deliver(
        {
          ...bucketDelivery(group, destination),
          payload,
          options: { subject: `${destinationPrefix}/${key}` },
        },
        tx,
      ),
    );
    if (outcome !== 'deliverable') throw new Error(`the bucket takes nothing: ${outcome}`);
  }

  /** A task that was cancelled meanwhile stays so. */
  async #end(task: Task, status: 'COMPLETED' | 'FAILED'): Promise<void> {
    const { database, clock } = this.#dependencies;
    await database.transact(async (tx) => {
      const now = await findSetting<ExportSettings>(tx, task, 'export-task', task.name);
      if (now?.settings.status !== 'PENDING') return;
      const settings = { ...now.settings, status, completedAtMs: Math.floor(clock.now()) };
      await putSetting(tx, task, 'export-task', { ...now, settings });
    });
  }
}
