import type { Operations, UpdateEventSourceMappingRequest } from '#aws/models/lambda.types.gen.ts';

import { mappingInUse } from '../errors.ts';
import { describeMapping, stateOf, type MappingPhase, type MappingRecord } from '../model.ts';
import { settingsFrom } from '../settings.ts';
import { resultOf } from '../store.ts';
import { checkSourceRole } from './check-role.ts';
import {
  checkQueue,
  checkUnique,
  loadMapping,
  saveMapping,
  targetOf,
  timeoutSecondsOf,
  type MappingOperationsDependencies,
} from './dependencies.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html */
export function updateEventSourceMapping(
  dependencies: MappingOperationsDependencies,
): Operations['UpdateEventSourceMapping'] {
  const { database, clock, settleMs } = dependencies;
  return async (context, input) => {
    const steadyMs = clock.steadyMs();
    const { UUID, FunctionName } = input;
    const target = FunctionName === undefined ? undefined : targetOf(context, FunctionName);
    const before = await database.read((queries) => loadMapping(queries, context, UUID, steadyMs));
    if (target !== undefined) {
      const timeoutSeconds = await database.read((queries) => timeoutSecondsOf(queries, target));
      const { access } = dependencies;
      const { eventSourceArn } = before;
      await database.read((queries) => checkSourceRole(access, queries, target, eventSourceArn));
      await checkQueue(dependencies, before.eventSourceArn, timeoutSeconds);
    }
    return database.transact(async (tx) => {
      const current = await loadMapping(tx, context, UUID, steadyMs);
      if (stateOf(current, steadyMs) === 'Deleting') throw mappingInUse();
      const { isEnabled } = current;
      const mapping: MappingRecord = {
        ...current,
        target: target ?? current.target,
        settings: settingsFrom(input, current.eventSourceArn, current.settings),
        isEnabled: input.Enabled ?? isEnabled,
        phase: phaseOf(input, isEnabled, steadyMs + settleMs),
        lastModifiedMs: clock.now(),
      };
      await checkUnique(tx, mapping, steadyMs);
      await saveMapping(dependencies, tx, mapping);
      return describeMapping(mapping, steadyMs, await resultOf(tx, mapping));
    });
  };
}

function phaseOf(
  { Enabled }: UpdateEventSourceMappingRequest,
  wasEnabled: boolean,
  untilMs: number,
): MappingPhase {
  if (Enabled === undefined || Enabled === wasEnabled) return { kind: 'Updating', untilMs };
  return { kind: Enabled ? 'Enabling' : 'Disabling', untilMs };
}
