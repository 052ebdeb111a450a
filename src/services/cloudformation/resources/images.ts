/** AWS::ECR::Repository. */
import type { Existing } from '../model.ts';
import { answered, changeTags, gone, hasChanged, member, ownName } from './shared.ts';
import { textOf, words, type ResourceType, type Work } from './resource-type.ts';

const SERVICE = 'ecr';
const NAME_CHARACTERS_MAX = 256;

const REPOSITORY: ResourceType = {
  properties:
    words(`EmptyOnDelete EncryptionConfiguration ImageScanningConfiguration ImageTagMutability
    ImageTagMutabilityExclusionFilters LifecyclePolicy RepositoryName RepositoryPolicyText Tags`),
  replacing: words('EncryptionConfiguration RepositoryName'),
  tags: 'list',
  unclaimed: ownName('RepositoryName', nameOf),
  async create(work) {
    const repositoryName = nameOf(work);
    const input = { ...work.properties, repositoryName };
    const answer = await work.call(SERVICE, 'CreateRepository', input);
    await work.claim(repositoryName);
    await putPolicies(work, repositoryName);
    const made = member(answer, 'repository');
    const attributes = {
      Arn: answered(made, 'repositoryArn'),
      RepositoryUri: answered(made, 'repositoryUri'),
    };
    return { physicalId: repositoryName, attributes };
  },
  async update(work, before) {
    const { physicalId: repositoryName, attributes } = before;
    const {
      ImageTagMutability: imageTagMutability = 'MUTABLE',
      ImageTagMutabilityExclusionFilters,
      ImageScanningConfiguration: imageScanningConfiguration = {},
    } = work.properties;
    if (hasChanged(work, before, 'ImageTagMutability', 'ImageTagMutabilityExclusionFilters')) {
      const input = { repositoryName, imageTagMutability, ImageTagMutabilityExclusionFilters };
      await work.call(SERVICE, 'PutImageTagMutability', input);
    }
    if (hasChanged(work, before, 'ImageScanningConfiguration')) {
      const input = { repositoryName, imageScanningConfiguration };
      await work.call(SERVICE, 'PutImageScanningConfiguration', input);
    }
    await dropPolicies(work, before, repositoryName);
    await putPolicies(work, repositoryName);
    const named = { service: SERVICE, tagsMember: 'tags', keysMember: 'tagKeys' };
    await changeTags(work, before, { ...named, target: { resourceArn: attributes['Arn'] } });
    return { physicalId: repositoryName };
  },
  delete: (work, { physicalId: repositoryName, properties: { EmptyOnDelete: force } }) =>
    gone(work.call(SERVICE, 'DeleteRepository', { repositoryName, force })),
};

/** No repository has a capital letter. */
function nameOf(work: Work): string {
  const given = textOf(work.properties, 'RepositoryName');
  return given ?? work.newName(NAME_CHARACTERS_MAX).toLowerCase();
}

async function putPolicies(work: Work, repositoryName: string): Promise<void> {
  const { RepositoryPolicyText: policyText } = work.properties;
  if (policyText !== undefined) {
    await work.call(SERVICE, 'SetRepositoryPolicy', { repositoryName, policyText });
  }
  const { LifecyclePolicyText: lifecyclePolicyText } = member(work.properties, 'LifecyclePolicy');
  if (lifecyclePolicyText === undefined) return;
  await work.call(SERVICE, 'PutLifecyclePolicy', { repositoryName, lifecyclePolicyText });
}

/** Takes away what the template no longer has. */
async function dropPolicies(work: Work, before: Existing, repositoryName: string): Promise<void> {
  const isDropped = (name: string): boolean =>
    before.properties[name] !== undefined && work.properties[name] === undefined;
  if (isDropped('RepositoryPolicyText')) {
    await gone(work.call(SERVICE, 'DeleteRepositoryPolicy', { repositoryName }));
  }
  if (isDropped('LifecyclePolicy')) {
    await gone(work.call(SERVICE, 'DeleteLifecyclePolicy', { repositoryName }));
  }
}

export const IMAGE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ECR::Repository': REPOSITORY,
};
