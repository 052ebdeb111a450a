/** AWS::ApiGateway::Deployment, Stage and UsagePlan: what shows an API, and how much of it. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import { listing, part, patch, SERVICE, tagsOf } from './rest-api-parts.ts';
import {
  allPatches,
  escaped,
  leafPatches,
  listPatches,
  namedPatches,
  structureLeaves,
  structurePatches,
  type Leaves,
  type Patch,
  type PatchesOf,
} from './patches.ts';
import {
  answered,
  changeTags,
  gone,
  isThere,
  member,
  nameBy,
  orAbsent,
  structuresOf,
} from './shared.ts';
import { textOf, words, type ResourceType, type Values, type Work } from './resource-type.ts';
import type { Existing } from '../model.ts';
import { firstFree, foundWithin } from './unclaimed.ts';

const DEPLOYMENT: ResourceType = {
  properties: words('DeploymentCanarySettings Description RestApiId StageDescription StageName'),
  required: ['RestApiId'],
  replacing: words('DeploymentCanarySettings RestApiId StageDescription StageName'),
  async create(work) {
    const shown = await stageOf(work, work.properties);
    const answer = await work.call(SERVICE, 'CreateDeployment', work.properties);
    const id = answered(answer, 'id');
    const before = textOf(shown ?? {}, 'deploymentId');
    return { physicalId: id, attributes: { DeploymentId: id, [SHOWN_BEFORE]: before } };
  },
  async update(work, before) {
    const { physicalId: deploymentId } = before;
    const target = { restApiId: work.properties['RestApiId'], deploymentId };
    await patch(work, before, ['UpdateDeployment', target], namedPatches('Description'));
    return { physicalId: deploymentId };
  },
  async delete(work, existing) {
    const { physicalId: deploymentId, properties } = existing;
    const { RestApiId: restApiId } = properties;
    await hide(work, existing);
    await gone(work.call(SERVICE, 'DeleteDeployment', { restApiId, deploymentId }));
  },
};

/** Among a deployment's attributes: what its stage showed when it was made. */
const SHOWN_BEFORE = 'ShownBefore';

async function stageOf(work: Work, properties: JsonObject): Promise<Values | undefined> {
  const { RestApiId: restApiId, StageName: stageName } = properties;
  if (stageName === undefined) return undefined;
  return await orAbsent(work.call(SERVICE, 'GetStage', { restApiId, stageName }));
}

/** A stage shows again what it showed before a deployment, or goes with it; one that shows another one stays. */
async function hide(
  work: Work,
  { physicalId, properties, attributes: { [SHOWN_BEFORE]: before } }: Existing,
): Promise<void> {
  const stage = await stageOf(work, properties);
  if (stage === undefined) return;
  const { RestApiId: restApiId, StageName: stageName } = properties;
  const change = (patch: Patch) =>
    work.call(SERVICE, 'UpdateStage', { restApiId, stageName, patchOperations: [patch] });
  if (member(stage, 'canarySettings')['deploymentId'] === physicalId) {
    await change({ op: 'remove', path: '/canarySettings' });
  }
  if (stage['deploymentId'] !== physicalId) return;
  const input = { restApiId, deploymentId: before };
  const isThereStill =
    before !== undefined && (await isThere(work.call(SERVICE, 'GetDeployment', input)));
  await (isThereStill
    ? change({ op: 'replace', path: '/deploymentId', value: toText(before) })
    : gone(work.call(SERVICE, 'DeleteStage', { restApiId, stageName })));
}

const SETTING_PATHS: Readonly<Record<string, string>> = {
  CacheDataEncrypted: 'caching/dataEncrypted',
  CacheTtlInSeconds: 'caching/ttlInSeconds',
  CachingEnabled: 'caching/enabled',
  DataTraceEnabled: 'logging/dataTrace',
  LoggingLevel: 'logging/loglevel',
  MetricsEnabled: 'metrics/enabled',
  ThrottlingBurstLimit: 'throttling/burstLimit',
  ThrottlingRateLimit: 'throttling/rateLimit',
};

/** Settings of a stage's methods: those of a method that changed are made anew. */
const methodSettingPatches: PatchesOf = (before, after) => {
  const [old, now] = [methodSettingsOf(before), methodSettingsOf(after)];
  const isSame = (path: string): boolean =>
    JSON.stringify(old.get(path)) === JSON.stringify(now.get(path));
  const gone = [...old.keys()].filter((path) => !isSame(path));
  const set = [...now].filter(([path]) => !isSame(path));
  return [
    ...gone.map((path): Patch => ({ op: 'remove', path })),
    ...set.flatMap(([path, settings]) =>
      Object.entries(SETTING_PATHS).flatMap(([name, end]): Patch[] => {
        const value = settings[name];
        return value === undefined
          ? []
          : [{ op: 'replace', path: `${path}/${end}`, value: toText(value) }];
      }),
    ),
  ];
};

/** By `/~1pets/GET`; a method is `*` where the template names none. */
function methodSettingsOf({ MethodSettings: list }: JsonObject): Map<string, JsonObject> {
  return new Map(
    structuresOf(list).map((settings) => {
      const { ResourcePath: path = '/*', HttpMethod: method = '*' } = settings;
      return [`/${escaped(toText(path))}/${toText(method)}`, settings];
    }),
  );
}

/** What is said when a stage is made. */
const STAGE_PATCHES = allPatches(
  namedPatches(
    'CacheClusterEnabled',
    'ClientCertificateId',
    'DeploymentId',
    'Description',
    'DocumentationVersion',
    'TracingEnabled',
  ),
  structurePatches('Variables', '/variables', (name) => name),
  canaryPatches,
);

/** What is not, and follows. */
const STAGE_SETTING_PATCHES = allPatches(
  methodSettingPatches,
  structurePatches('AccessLogSetting', '/accessLogSettings'),
);

/** A canary that the template gives up goes as a whole. */
function canaryPatches(before: JsonObject, after: JsonObject): readonly Patch[] {
  const { CanarySetting: now } = after;
  if (!isObject(now)) {
    return isObject(before['CanarySetting']) ? [{ op: 'remove', path: '/canarySettings' }] : [];
  }
  const patchesOf = structurePatches('CanarySetting', '/canarySettings');
  const { StageVariableOverrides: _, ...old } = objectOf(before['CanarySetting']);
  const { StageVariableOverrides: __, ...plain } = now;
  return [
    ...patchesOf({ CanarySetting: old }, { CanarySetting: plain }),
    ...structurePatches(
      'StageVariableOverrides',
      '/canarySettings/stageVariableOverrides',
      (name) => name,
    )(objectOf(before['CanarySetting']), now),
  ];
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

const STAGE: ResourceType = {
  properties:
    words(`AccessLogSetting CacheClusterEnabled CacheClusterSize CanarySetting ClientCertificateId DeploymentId
    Description DocumentationVersion MethodSettings RestApiId StageName Tags TracingEnabled Variables`),
  required: ['RestApiId'],
  replacing: words('RestApiId StageName'),
  within: ['RestApiId'],
  unclaimed: foundWithin('RestApiId', (work) => toText(work.properties['StageName'])),
  tags: 'list',
  async create(work) {
    const { RestApiId: restApiId, CanarySetting: canarySettings } = work.properties;
    const input = { ...work.properties, canarySettings };
    const stageName = answered(await work.call(SERVICE, 'CreateStage', input), 'stageName');
    await work.claim(stageName);
    const target = { restApiId, stageName };
    await patch(work, { properties: {} }, ['UpdateStage', target], STAGE_SETTING_PATCHES);
    return { physicalId: stageName };
  },
  async update(work, before) {
    const { physicalId: stageName } = before;
    const { RestApiId: restApiId } = work.properties;
    const patches = allPatches(STAGE_PATCHES, STAGE_SETTING_PATCHES);
    await patch(work, before, ['UpdateStage', { restApiId, stageName }], patches);
    const path = `restapis/${toText(restApiId)}/stages/${stageName}`;
    await changeTags(work, before, tagsOf(work, path));
    return { physicalId: stageName };
  },
  delete: (work, { physicalId: stageName, properties: { RestApiId: restApiId } }) =>
    gone(work.call(SERVICE, 'DeleteStage', { restApiId, stageName })),
};

const USAGE_PLAN_KEY: ResourceType = {
  properties: words('KeyId KeyType UsagePlanId'),
  required: words('KeyId KeyType UsagePlanId'),
  replacing: [],
  within: ['UsagePlanId'],
  unclaimed: foundWithin('UsagePlanId', (work) => toText(work.properties['KeyId'])),
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateUsagePlanKey', work.properties);
    return { physicalId: answered(answer, 'id') };
  },
  delete: (work, { physicalId: keyId, properties: { UsagePlanId: usagePlanId } }) =>
    gone(work.call(SERVICE, 'DeleteUsagePlanKey', { usagePlanId, keyId })),
};

function stagesOf({ ApiStages: stages }: JsonObject) {
  return {
    ApiStages: structuresOf(stages).map(({ ApiId, Stage }) => shownStage(ApiId, Stage)),
  };
}

function shownStage(apiId: Json | undefined, stage: Json | undefined): string {
  return `${toText(apiId)}:${toText(stage)}`;
}

/** The stages of a usage plan, and what methods of them are throttled to. */
const planStagePatches: PatchesOf = (before, after) => {
  const throttlesOf = ({ ApiStages: stages }: JsonObject): Leaves =>
    new Map(
      structuresOf(stages).flatMap(({ ApiId, Stage, Throttle: methods }) =>
        Object.entries(isObject(methods) ? methods : {}).flatMap(([method, limits]) => {
          const path = `/apiStages/${toText(ApiId)}:${toText(Stage)}/throttle/${method}`;
          return [...structureLeaves(limits, path)];
        }),
      ),
    );
  const list = listPatches('ApiStages', (value) => ({ path: '/apiStages', value }));
  const kept = new Set(stagesOf(after).ApiStages);
  // With a stage its methods' limits go.
  const throttled = [...throttlesOf(before)].filter(([path]) => kept.has(path.split('/')[2] ?? ''));
  return [
    ...list(stagesOf(before), stagesOf(after)),
    ...leafPatches(new Map(throttled), throttlesOf(after)),
  ];
};

const USAGE_PLAN_PART = part({
  name: 'UsagePlan',
  idMember: 'id',
  target: 'usagePlanId',
  attribute: 'Id',
  properties: words('ApiStages Description Quota Tags Throttle UsagePlanName'),
  replacing: [],
  patches: allPatches(
    planStagePatches,
    namedPatches('Description'),
    structurePatches('Throttle', '/throttle'),
    structurePatches('Quota', '/quota'),
    planNamePatches,
  ),
  tagged: 'usageplans',
});

/** A plan keeps the name of ours where the template gives up its own. */
function planNamePatches(before: JsonObject, after: JsonObject): readonly Patch[] {
  const value = textOf(after, 'UsagePlanName');
  if (value === undefined || value === textOf(before, 'UsagePlanName')) return [];
  return [{ op: 'replace', path: '/name', value }];
}

const planName = nameBy('UsagePlanName');

/** Nothing tells how old a plan is: one is known by the stages of its APIs, or by a name of ours. */
const PLANS = listing('GetUsagePlans', ({ name, apiStages }, work) => {
  const { ApiStages: wanted } = stagesOf(work.properties);
  const found = structuresOf(apiStages).map(({ apiId, stage }) => shownStage(apiId, stage));
  const isTold = wanted.length > 0 || work.properties['UsagePlanName'] === undefined;
  return isTold && name === planName(work) && isDeepStrictEqual(found, wanted);
});

const USAGE_PLAN: ResourceType = {
  ...USAGE_PLAN_PART,
  unclaimed: (work) => firstFree(work, PLANS, () => true),
  async create(work) {
    const input = { ...work.properties, name: planName(work) };
    const answer = await work.call(SERVICE, 'CreateUsagePlan', input);
    const id = answered(answer, 'id');
    return { physicalId: id, attributes: { Id: id } };
  },
  async delete(work, existing) {
    // A plan with stages is not deleted.
    const { physicalId: usagePlanId } = existing;
    const plan = await orAbsent(work.call(SERVICE, 'GetUsagePlan', { usagePlanId }));
    const patchOperations = structuresOf(plan?.['apiStages']).map(({ apiId, stage }) => ({
      op: 'remove',
      path: '/apiStages',
      value: shownStage(apiId, stage),
    }));
    if (patchOperations.length > 0) {
      await work.call(SERVICE, 'UpdateUsagePlan', { usagePlanId, patchOperations });
    }
    await USAGE_PLAN_PART.delete(work, existing);
  },
};

export const REST_API_STAGE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::Deployment': DEPLOYMENT,
  'AWS::ApiGateway::Stage': STAGE,
  'AWS::ApiGateway::UsagePlan': USAGE_PLAN,
  'AWS::ApiGateway::UsagePlanKey': USAGE_PLAN_KEY,
};
