/** AWS::Lambda::CodeSigningConfig, and what a function has of it. */
import type { Existing } from '../model.ts';
import { answered, changeTags, gone, hasChanged, member } from './shared.ts';
import { textOf, words, type ResourceType, type Work } from './resource-type.ts';
import { foundByAge, type Listing } from './unclaimed.ts';

const SERVICE = 'lambda';

const CODE_SIGNING_CONFIG: ResourceType = {
  properties: words('AllowedPublishers CodeSigningPolicies Description Tags'),
  required: ['AllowedPublishers'],
  replacing: [],
  tags: 'list',
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateCodeSigningConfig', work.properties);
    const made = member(answer, 'CodeSigningConfig');
    const CodeSigningConfigArn = answered(made, 'CodeSigningConfigArn');
    const CodeSigningConfigId = answered(made, 'CodeSigningConfigId');
    return {
      physicalId: CodeSigningConfigArn,
      attributes: { CodeSigningConfigArn, CodeSigningConfigId },
    };
  },
  async update(work, before) {
    const { physicalId: CodeSigningConfigArn } = before;
    const cleared = {
      Description: '',
      CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
    };
    const input = { ...cleared, ...work.properties, CodeSigningConfigArn };
    await work.call(SERVICE, 'UpdateCodeSigningConfig', input);
    const target = { Resource: CodeSigningConfigArn };
    await changeTags(work, before, { service: SERVICE, target });
    return { physicalId: CodeSigningConfigArn };
  },
  delete: (work, { physicalId: CodeSigningConfigArn }) =>
    gone(work.call(SERVICE, 'DeleteCodeSigningConfig', { CodeSigningConfigArn })),
};

const CONFIGS: Listing = {
  service: SERVICE,
  operation: 'ListCodeSigningConfigs',
  items: 'CodeSigningConfigs',
  id: 'CodeSigningConfigArn',
  next: ['NextMarker', 'Marker'],
  is: ({ Description = '' }, { properties }) =>
    Description === (textOf(properties, 'Description') ?? ''),
};

/** Gives a function that is there the configuration that its template names now, or takes it away. */
export async function changeCodeSigning(
  work: Work,
  before: Existing,
  FunctionName: string,
): Promise<void> {
  if (!hasChanged(work, before, 'CodeSigningConfigArn')) return;
  const { CodeSigningConfigArn } = work.properties;
  await (CodeSigningConfigArn === undefined
    ? gone(work.call(SERVICE, 'DeleteFunctionCodeSigningConfig', { FunctionName }))
    : work.call(SERVICE, 'PutFunctionCodeSigningConfig', { FunctionName, CodeSigningConfigArn }));
}

export const CODE_SIGNING_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Lambda::CodeSigningConfig': foundByAge(CONFIGS, 'LastModified', CODE_SIGNING_CONFIG),
};
