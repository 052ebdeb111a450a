/** What of a stage can be patched, in AWS's words. */
import type { CanarySettings, MethodSetting } from '#aws/models/apigateway.types.gen.ts';
import { badRequest } from '../errors.ts';
import { THROTTLE_BURST_DEFAULT, THROTTLE_RATE_DEFAULT } from '../limits.ts';
import type { StageRecord } from '../model.ts';
import { flag, map, place, text, type PatchField, type PatchTable } from '../patch/index.ts';

const SETTINGS_DEFAULT: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: THROTTLE_BURST_DEFAULT,
  throttlingRateLimit: THROTTLE_RATE_DEFAULT,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
};

type Reader = (value: string) => string | number | boolean;
const asFlag: Reader = (value) => value === 'true';

/** By the end of their path, the members of a method's settings. */
const SETTINGS: Readonly<Record<string, readonly [member: keyof MethodSetting, read: Reader]>> = {
  'metrics/enabled': ['metricsEnabled', asFlag],
  'logging/dataTrace': ['dataTraceEnabled', asFlag],
  'logging/loglevel': ['loggingLevel', String],
  'throttling/burstLimit': ['throttlingBurstLimit', Number],
  'throttling/rateLimit': ['throttlingRateLimit', Number],
  'caching/ttlInSeconds': ['cacheTtlInSeconds', Number],
  'caching/enabled': ['cachingEnabled', asFlag],
  'caching/dataEncrypted': ['cacheDataEncrypted', asFlag],
  'caching/requireAuthorizationForCacheControl': ['requireAuthorizationForCacheControl', asFlag],
  'caching/unauthorizedCacheControlHeaderStrategy': [
    'unauthorizedCacheControlHeaderStrategy',
    String,
  ],
};

/** AWS's own list, its missing commas too (recorded: TestStages::test_create_update_stages). */
const PATHS = [
  '/deploymentId',
  '/description',
  '/cacheClusterEnabled',
  '/cacheClusterSize',
  '/clientCertificateId',
  '/accessLogSettings',
  '/accessLogSettings/destinationArn',
  '/accessLogSettings/format',
  '/{resourcePath}/{httpMethod}/metrics/enabled',
  '/{resourcePath}/{httpMethod}/logging/dataTrace',
  '/{resourcePath}/{httpMethod}/logging/loglevel',
  '/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds',
  '/{resourcePath}/{httpMethod}/caching/enabled',
  '/{resourcePath}/{httpMethod}/caching/dataEncrypted',
  '/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl',
  '/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy',
  '/*/*/metrics/enabled',
  '/*/*/logging/dataTrace',
  '/*/*/logging/loglevel',
  '/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds',
  '/*/*/caching/enabled',
  '/*/*/caching/dataEncrypted',
  '/*/*/caching/requireAuthorizationForCacheControl',
  '/*/*/caching/unauthorizedCacheControlHeaderStrategy',
  '/variables/{variable_name}',
  '/tracingEnabled',
];

type Settings = NonNullable<StageRecord['methodSettings']>;

function settingsOf(document: Readonly<Record<string, unknown>>): Settings {
  return (document['methodSettings'] ?? {}) as Settings;
}

/** `/pets` and `GET` are kept as `pets/GET`. */
function settingKey([path = '', method = '']: readonly string[]): string {
  return `${path.replace(/^\//, '')}/${method}`;
}

/** One member of a method's settings. A method that has none begins with those of all methods. */
function setting(end: string, [member, read]: readonly [keyof MethodSetting, Reader]): PatchField {
  return place(`/{}/{}/${end}`, ['add', 'replace'], (document, { keys, value = '' }) => {
    const settings = settingsOf(document);
    const key = settingKey(keys);
    const now = settings[key] ?? settings['*/*'] ?? SETTINGS_DEFAULT;
    const methodSettings = { ...settings, [key]: { ...now, [member]: read(value) } };
    return { ...document, methodSettings };
  });
}

const removeSettings = place('/{}/{}', ['remove'], (document, { keys }) => {
  const key = settingKey(keys);
  const { [key]: found, ...others } = settingsOf(document);
  if (found === undefined) {
    throw badRequest(
      `Cannot remove method setting ${key} because there is no method setting for this method `,
    );
  }
  return { ...document, methodSettings: others };
});

function canaryOf(document: Readonly<Record<string, unknown>>): CanarySettings | undefined {
  return document['canarySettings'] as CanarySettings | undefined;
}

/** A canary that is not there yet shows the stage's own deployment, to nobody. */
function withCanary(
  document: Readonly<Record<string, unknown>>,
  changes: CanarySettings,
): Readonly<Record<string, unknown>> {
  const begun = {
    percentTraffic: 0,
    useStageCache: false,
    deploymentId: String(document['deploymentId']),
  };
  return { ...document, canarySettings: { ...begun, ...canaryOf(document), ...changes } };
}

const CANARY: readonly PatchField[] = [
  place('/canarySettings', ['remove'], (document) => {
    const { canarySettings: _, ...others } = document;
    return others;
  }),
  place('/canarySettings/deploymentId', ['replace'], (document, { value = '' }) =>
    withCanary(document, { deploymentId: value }),
  ),
  place('/canarySettings/percentTraffic', ['replace'], (document, { value }) =>
    withCanary(document, { percentTraffic: Number(value) }),
  ),
  place('/canarySettings/useStageCache', ['replace'], (document, { value }) =>
    withCanary(document, { useStageCache: value === 'true' }),
  ),
  place(
    '/canarySettings/stageVariableOverrides/{}',
    ['replace', 'add', 'remove'],
    overrideVariable,
  ),
];

function overrideVariable(
  document: Readonly<Record<string, unknown>>,
  { op, keys: [name = ''], value = '' }: { op: string; keys: readonly string[]; value?: string },
) {
  const { [name]: _, ...others } = canaryOf(document)?.stageVariableOverrides ?? {};
  const overrides = op === 'remove' ? others : { ...others, [name]: value };
  return withCanary(document, { stageVariableOverrides: overrides });
}

const PROMOTIONS: Readonly<Record<string, string>> = {
  '/deploymentId': '/canarySettings/deploymentId',
  '/variables': '/canarySettings/stageVariableOverrides',
};

/** Makes what the canary shows, or the variables that it has, the stage's own. */
function promote(path: '/deploymentId' | '/variables'): PatchField {
  return place(path, ['copy'], (document, { from = '' }) => {
    if (PROMOTIONS[path] !== from) throw badPromotion(path, from);
    const canary = canaryOf(document);
    if (canary === undefined) throw badRequest('Promotion not available. Canary does not exist.');
    if (path === '/deploymentId') {
      return { ...withCanary(document, { percentTraffic: 0 }), deploymentId: canary.deploymentId };
    }
    const variables = { ...(document['variables'] as object), ...canary.stageVariableOverrides };
    return { ...document, variables };
  });
}

function badPromotion(path: string | undefined, from: string) {
  const to = Object.keys(PROMOTIONS).join(', ');
  const sources = Object.values(PROMOTIONS).join(', ');
  return badRequest(
    `Invalid copy operation with path: ${path ?? 'null'} and from ${from}. Valid copy:path are [${to}] and valid copy:from are [${sources}]`,
  );
}

const copyElsewhere = place('/{}', ['copy'], (_, { path, from = '' }) => {
  throw badPromotion(path, from);
});

/** @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch */
export const STAGE: PatchTable = {
  refuse: (op, path) => {
    if (path?.startsWith('/canarySettings') === true) {
      return badRequest(
        op === 'remove' && path !== '/canarySettings/stageVariableOverrides'
          ? `Cannot remove method setting ${path.slice(1)} because there is no method setting for this method `
          : `Invalid method setting path: ${path}`,
      );
    }
    return badRequest(
      `Invalid method setting path: ${path ?? 'null'}. Must be one of: [${PATHS.join(', ')}]`,
    );
  },
  fields: [
    promote('/deploymentId'),
    promote('/variables'),
    text('/deploymentId'),
    text('/description'),
    flag('/cacheClusterEnabled'),
    text('/cacheClusterSize'),
    text('/clientCertificateId'),
    text('/documentationVersion'),
    flag('/tracingEnabled'),
    place('/accessLogSettings', ['remove'], (document) => {
      const { accessLogSettings: _, ...others } = document;
      return others;
    }),
    text('/accessLogSettings/destinationArn', { ops: ['add', 'replace', 'remove'] }),
    text('/accessLogSettings/format', { ops: ['add', 'replace', 'remove'] }),
    map('/variables'),
    ...CANARY,
    ...Object.entries(SETTINGS).map(([end, one]) => setting(end, one)),
    removeSettings,
    copyElsewhere,
  ],
};
