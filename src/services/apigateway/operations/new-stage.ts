import type { Stage } from '#aws/models/apigateway.types.gen.ts';
import { badRequest } from '../errors.ts';
import type { StageRecord } from '../model.ts';

/** A stage with what is left out filled in. */
export function newStage(
  given: Stage & Pick<StageRecord, 'stageName' | 'deploymentId'>,
  nowMs: number,
): StageRecord {
  const { canarySettings } = given;
  return {
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    ...given,
    cacheClusterEnabled: given.cacheClusterEnabled ?? false,
    tracingEnabled: given.tracingEnabled ?? false,
    ...(canarySettings === undefined
      ? {}
      : {
          canarySettings: {
            ...canarySettings,
            percentTraffic: canarySettings.percentTraffic ?? 0,
            useStageCache: canarySettings.useStageCache ?? false,
          },
        }),
    createdDate: nowMs,
    lastUpdatedDate: nowMs,
  };
}

/** @throws AwsError BadRequestException */
export function checkStageName(name: string): void {
  if (/^[a-zA-Z0-9_-]+$/.test(name)) return;
  throw badRequest('Stage name only allows a-zA-Z0-9_');
}
