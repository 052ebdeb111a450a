import type { Operations } from '#aws/models/ecr.types.gen.ts';
import type { EcrCore } from '../core.ts';
import { invalidParameter } from '../errors.ts';
import { addressOfArn, type RepositoryAddress } from '../model.ts';
import { requireRepository } from '../store.ts';
import { changeRepository } from './repositories.ts';
import { tagsOfList } from './shared.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html */
export function tagResource(core: EcrCore): Operations['TagResource'] {
  return async (_context, { resourceArn, tags: added }) => {
    await changeRepository(core, requireAddress(resourceArn), (known) => ({
      ...known,
      tags: tagsOfList(added, known.tags),
    }));
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html */
export function untagResource(core: EcrCore): Operations['UntagResource'] {
  return async (_context, { resourceArn, tagKeys }) => {
    await changeRepository(core, requireAddress(resourceArn), (known) => ({
      ...known,
      tags: Object.fromEntries(
        Object.entries(known.tags).filter(([key]) => !tagKeys.includes(key)),
      ),
    }));
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource({ database }: EcrCore): Operations['ListTagsForResource'] {
  return async (_context, { resourceArn }) => {
    const address = requireAddress(resourceArn);
    const { tags } = await database.read((queries) => requireRepository(queries, address));
    return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  };
}

/** @throws AwsError InvalidParameterException */
function requireAddress(arn: string): RepositoryAddress {
  const address = addressOfArn(arn);
  if (address !== undefined) return address;
  throw invalidParameter('resourceArn', 'Invalid ARN');
}
