/** AWS::Lambda::* but the function itself. */
import { isObject, type JsonObject } from '#kernel/json.ts';
import type { Existing } from '../model.ts';
import { answered, changeTags, gone, nameBy, orAbsent, without } from './shared.ts';
import { functionName, LAMBDA_FUNCTION } from './lambda-function.ts';
import { words, type ResourceType, type Work } from './resource-type.ts';
import { toText } from '../text.ts';
import { foundByAge, foundByName, type Listing, type Look } from './unclaimed.ts';

const VERSION: ResourceType = {
  properties: words(
    'CodeSha256 Description FunctionName FunctionScalingConfig ProvisionedConcurrencyConfig RuntimePolicy',
  ),
  required: ['FunctionName'],
  replacing: words('CodeSha256 Description FunctionName RuntimePolicy'),
  async create(work) {
    const answer = await work.call('lambda', 'PublishVersion', work.properties);
    const FunctionArn = answered(answer, 'FunctionArn');
    await work.claim(FunctionArn);
    const Qualifier = answered(answer, 'Version');
    await putProvisioned(work, FunctionArn, Qualifier);
    return { physicalId: FunctionArn, attributes: { Version: Qualifier, FunctionArn } };
  },
  async update(work, { physicalId, attributes, properties }) {
    await putProvisioned(work, physicalId, toText(attributes['Version']), properties);
    return { physicalId };
  },
  delete: (work, { physicalId, attributes }) =>
    gone(
      work.call('lambda', 'DeleteFunction', {
        FunctionName: withoutQualifier(physicalId),
        Qualifier: attributes['Version'],
      }),
    ),
};

const ALIAS: ResourceType = {
  properties: words(
    'Description FunctionName FunctionVersion Name ProvisionedConcurrencyConfig RoutingConfig',
  ),
  required: words('FunctionName FunctionVersion Name'),
  replacing: words('FunctionName Name'),
  async create(work) {
    const answer = await work.call('lambda', 'CreateAlias', aliasInput(work));
    const AliasArn = answered(answer, 'AliasArn');
    await work.claim(AliasArn);
    await putProvisioned(work, AliasArn, toText(work.properties['Name']));
    return { physicalId: AliasArn, attributes: { AliasArn } };
  },
  async update(work, { physicalId, properties }) {
    const cleared = { Description: '', RoutingConfig: { AdditionalVersionWeights: {} } };
    await work.call('lambda', 'UpdateAlias', { ...cleared, ...aliasInput(work) });
    await putProvisioned(work, physicalId, toText(work.properties['Name']), properties);
    return { physicalId };
  },
  delete: (work, { properties: { FunctionName, Name } }) =>
    gone(work.call('lambda', 'DeleteAlias', { FunctionName, Name })),
};

/** In templates the weights are a list. */
function aliasInput({ properties }: Work) {
  const routing = properties['RoutingConfig'];
  const weights = isObject(routing) ? routing['AdditionalVersionWeights'] : undefined;
  if (!Array.isArray(weights)) return properties;
  const byVersion = weights
    .filter(isObject)
    .map(({ FunctionVersion, FunctionWeight }) => [toText(FunctionVersion), FunctionWeight]);
  return {
    ...properties,
    RoutingConfig: { AdditionalVersionWeights: Object.fromEntries(byVersion) },
  };
}

/** @param before what it had, where it is not new */
async function putProvisioned(
  work: Work,
  arn: string,
  Qualifier: string,
  before: JsonObject = {},
): Promise<void> {
  const config = work.properties['ProvisionedConcurrencyConfig'];
  const FunctionName = withoutQualifier(arn);
  if (isObject(config)) {
    const input = { ...config, FunctionName, Qualifier };
    await work.call('lambda', 'PutProvisionedConcurrencyConfig', input);
  } else if (before['ProvisionedConcurrencyConfig'] !== undefined) {
    const input = { FunctionName, Qualifier };
    await gone(work.call('lambda', 'DeleteProvisionedConcurrencyConfig', input));
  }
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME` of a longer ARN. */
function withoutQualifier(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

const PERMISSION: ResourceType = {
  properties:
    words(`Action EventSourceToken FunctionName FunctionUrlAuthType InvokedViaFunctionUrl Principal
    PrincipalOrgID SourceAccount SourceArn`),
  required: words('Action FunctionName Principal'),
  replacing: [],
  unclaimed: async (work) => work.newName(100),
  async create(work) {
    const StatementId = work.newName(100);
    await work.call('lambda', 'AddPermission', { ...work.properties, StatementId });
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  delete: (work, { physicalId: StatementId, properties: { FunctionName } }) =>
    gone(work.call('lambda', 'RemovePermission', { FunctionName, StatementId })),
};

const EVENT_SOURCE_MAPPING: ResourceType = {
  properties:
    words(`AmazonManagedKafkaEventSourceConfig BatchSize BisectBatchOnFunctionError DestinationConfig
    DocumentDBEventSourceConfig Enabled EventSourceArn FilterCriteria FunctionName FunctionResponseTypes KmsKeyArn
    LoggingConfig MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts MetricsConfig
    ParallelizationFactor ProvisionedPollerConfig Queues ScalingConfig SelfManagedEventSource
    SelfManagedKafkaEventSourceConfig SourceAccessConfigurations StartingPosition StartingPositionTimestamp Tags Topics
    TumblingWindowInSeconds`),
  required: ['FunctionName'],
  replacing: words(`EventSourceArn SelfManagedEventSource StartingPosition StartingPositionTimestamp
    AmazonManagedKafkaEventSourceConfig SelfManagedKafkaEventSourceConfig`),
  tags: 'list',
  async create(work) {
    const answer = await work.call('lambda', 'CreateEventSourceMapping', work.properties);
    const Id = answered(answer, 'UUID');
    const EventSourceMappingArn = answered(answer, 'EventSourceMappingArn');
    return { physicalId: Id, attributes: { Id, EventSourceMappingArn } };
  },
  async update(work, before) {
    const { physicalId: UUID, attributes } = before;
    const settings = without(work.properties, 'Tags');
    await work.call('lambda', 'UpdateEventSourceMapping', { ...settings, UUID });
    await changeTags(work, before, {
      service: 'lambda',
      target: { Resource: attributes['EventSourceMappingArn'] },
    });
    return { physicalId: UUID };
  },
  async delete(work, { physicalId: UUID }) {
    await gone(work.call('lambda', 'DeleteEventSourceMapping', { UUID }));
    await work.until(async () => {
      const found = await orAbsent(work.call('lambda', 'GetEventSourceMapping', { UUID }));
      return found === undefined;
    });
  },
};

const MAPPINGS: Listing = {
  service: 'lambda',
  operation: 'ListEventSourceMappings',
  items: 'EventSourceMappings',
  id: 'UUID',
  next: ['NextMarker', 'Marker'],
  inputOf: ({ properties: { FunctionName, EventSourceArn } }) => ({ FunctionName, EventSourceArn }),
  is: () => true,
};

const LAYER_VERSION: ResourceType = {
  properties: words(
    'CompatibleArchitectures CompatibleRuntimes Content Description LayerName LicenseInfo',
  ),
  required: ['Content'],
  replacing: [],
  async create(work) {
    const input = { ...work.properties, LayerName: layerName(work) };
    const answer = await work.call('lambda', 'PublishLayerVersion', input);
    const LayerVersionArn = answered(answer, 'LayerVersionArn');
    return { physicalId: LayerVersionArn, attributes: { LayerVersionArn } };
  },
  delete: (work, { physicalId }) =>
    gone(work.call('lambda', 'DeleteLayerVersion', layerVersionOf(physicalId))),
};

const layerName = nameBy('LayerName');

const LAYER_VERSIONS: Listing = {
  service: 'lambda',
  operation: 'ListLayerVersions',
  items: 'LayerVersions',
  id: 'LayerVersionArn',
  next: ['NextMarker', 'Marker'],
  inputOf: (work) => ({ LayerName: layerName(work) }),
  is: () => true,
};

function layerVersionOf(arn: string) {
  const parts = arn.split(':');
  return { LayerName: parts.slice(0, -1).join(':'), VersionNumber: Number(parts.at(-1)) };
}

const LAYER_VERSION_PERMISSION: ResourceType = {
  properties: words('Action LayerVersionArn OrganizationId Principal'),
  required: words('Action LayerVersionArn Principal'),
  replacing: [],
  unclaimed: async (work) => layerPermissionId(work),
  async create(work) {
    const arn = toText(work.properties['LayerVersionArn']);
    const input = { ...work.properties, ...layerVersionOf(arn), StatementId: work.newName() };
    await work.call('lambda', 'AddLayerVersionPermission', input);
    const physicalId = layerPermissionId(work);
    return { physicalId, attributes: { Id: physicalId } };
  },
  delete(work, { physicalId }) {
    const [arn = '', StatementId = ''] = physicalId.split('#');
    const input = { ...layerVersionOf(arn), StatementId };
    return gone(work.call('lambda', 'RemoveLayerVersionPermission', input));
  },
};

function layerPermissionId(work: Work): string {
  return `${toText(work.properties['LayerVersionArn'])}#${work.newName()}`;
}

const URL: ResourceType = {
  properties: words('AuthType Cors InvokeMode Qualifier TargetFunctionArn'),
  required: words('AuthType TargetFunctionArn'),
  replacing: words('Qualifier TargetFunctionArn'),
  async create(work) {
    const answer = await work.call('lambda', 'CreateFunctionUrlConfig', urlInput(work.properties));
    const FunctionArn = answered(answer, 'FunctionArn');
    const FunctionUrl = answered(answer, 'FunctionUrl');
    return { physicalId: FunctionArn, attributes: { FunctionArn, FunctionUrl } };
  },
  async update(work, { physicalId }) {
    const cleared = { Cors: {}, InvokeMode: 'BUFFERED' };
    const input = { ...cleared, ...urlInput(work.properties) };
    await work.call('lambda', 'UpdateFunctionUrlConfig', input);
    return { physicalId };
  },
  delete: (work, { properties }) =>
    gone(work.call('lambda', 'DeleteFunctionUrlConfig', urlInput(properties))),
};

function urlInput(properties: Existing['properties']) {
  return { ...properties, FunctionName: properties['TargetFunctionArn'] };
}

const EVENT_INVOKE_CONFIG: ResourceType = {
  properties: words(
    'DestinationConfig FunctionName MaximumEventAgeInSeconds MaximumRetryAttempts Qualifier',
  ),
  required: words('FunctionName Qualifier'),
  replacing: words('FunctionName Qualifier'),
  async create(work) {
    await work.call('lambda', 'PutFunctionEventInvokeConfig', work.properties);
    const { FunctionName, Qualifier } = work.properties;
    return { physicalId: `${nameOfFunction(toText(FunctionName))}|${toText(Qualifier)}` };
  },
  async update(work, { physicalId }) {
    await work.call('lambda', 'PutFunctionEventInvokeConfig', work.properties);
    return { physicalId };
  },
  delete: (work, { properties: { FunctionName, Qualifier } }) =>
    gone(work.call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName, Qualifier })),
};

/** A function is the same one by its name and by its ARN: what is put anew for the one is not deleted for the other. */
function nameOfFunction(nameOrArn: string): string {
  return /(?:^|:)function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

const FUNCTION: Look = {
  service: 'lambda',
  operation: 'GetFunction',
  name: 'FunctionName',
  member: 'Configuration',
  madeAt: 'LastModified',
};

export const LAMBDA_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Lambda::Alias': ALIAS,
  'AWS::Lambda::EventInvokeConfig': EVENT_INVOKE_CONFIG,
  'AWS::Lambda::EventSourceMapping': foundByAge(MAPPINGS, 'LastModified', EVENT_SOURCE_MAPPING),
  'AWS::Lambda::Function': foundByName(LAMBDA_FUNCTION, functionName, FUNCTION),
  'AWS::Lambda::LayerVersion': foundByAge(LAYER_VERSIONS, 'CreatedDate', LAYER_VERSION),
  'AWS::Lambda::LayerVersionPermission': LAYER_VERSION_PERMISSION,
  'AWS::Lambda::Permission': PERMISSION,
  'AWS::Lambda::Url': URL,
  'AWS::Lambda::Version': VERSION,
};
