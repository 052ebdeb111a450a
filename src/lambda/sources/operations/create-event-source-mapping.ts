import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { checkTags } from '../../control/index.ts';
import { describeMapping, isStream, type MappingRecord } from '../model.ts';
import { kindOfSource, settingsFrom } from '../settings.ts';
import { startInTheFuture, unrecognizedSource } from '../errors.ts';
import { checkSourceRole } from './check-role.ts';
import {
  checkQueue,
  checkUnique,
  latestOf,
  saveMapping,
  targetOf,
  timeoutSecondsOf,
  type MappingOperationsDependencies,
} from './dependencies.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export function createEventSourceMapping(
  dependencies: MappingOperationsDependencies,
): Operations['CreateEventSourceMapping'] {
  const { database, clock, random, settleMs } = dependencies;
  return async (context, input) => {
    const { EventSourceArn: eventSourceArn, Enabled: isEnabled = true } = input;
    if (eventSourceArn === undefined) throw unrecognizedSource();
    const kind = kindOfSource(eventSourceArn);
    const settings = settingsFrom(input, eventSourceArn);
    const target = targetOf(context, input.FunctionName);
    const nowMs = clock.now();
    const steadyMs = clock.steadyMs();
    if ((settings.StartingPositionTimestamp ?? nowMs) > nowMs) throw startInTheFuture();
    checkTags(input.Tags ?? {});
    const { accountId, region } = context;
    const fresh: MappingRecord = {
      accountId,
      region,
      uuid: random.uuid(),
      eventSourceArn,
      target,
      settings,
      isEnabled,
      phase: isEnabled ? { kind: 'Creating', untilMs: steadyMs + settleMs } : { kind: 'settled' },
      lastModifiedMs: nowMs,
      tags: input.Tags ?? {},
    };
    const timeoutSeconds = await database.read((queries) => timeoutSecondsOf(queries, target));
    await database.read((queries) => checkUnique(queries, fresh, steadyMs));
    const { access } = dependencies;
    await database.read((queries) => checkSourceRole(access, queries, target, eventSourceArn));
    await checkQueue(dependencies, eventSourceArn, timeoutSeconds);
    const latest = isStream(kind) ? await latestOf(dependencies, eventSourceArn) : undefined;
    const startsLatest = settings.StartingPosition === 'LATEST' && latest !== undefined;
    const mapping = startsLatest ? { ...fresh, startAfter: latest } : fresh;
    await database.transact(async (tx) => {
      await timeoutSecondsOf(tx, target);
      await checkUnique(tx, mapping, steadyMs);
      await saveMapping(dependencies, tx, mapping);
    });
    return describeMapping(mapping, steadyMs);
  };
}
