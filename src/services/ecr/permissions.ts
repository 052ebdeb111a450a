import { definePermissions, textOf, textsOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { addressOfArn, repositoryArn } from './model.ts';
import { findRepository } from './store.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html */
export const ECR_PERMISSIONS: Permissions = definePermissions({ prefix: 'ecr', resourcesOf });

/** What is about a whole registry names no resource. */
const ABOUT_REGISTRIES: ReadonlySet<string> = new Set([
  'DescribeRegistry',
  'GetAuthorizationToken',
]);

function resourcesOf({ operation, input, context }: Call): string | readonly string[] | undefined {
  if (ABOUT_REGISTRIES.has(operation)) return undefined;
  const arn = textOf(input, 'resourceArn');
  if (arn !== undefined) return arn;
  const accountId = textOf(input, 'registryId') ?? context.accountId;
  const one = textOf(input, 'repositoryName');
  const names = one === undefined ? textsOf(input, 'repositoryNames') : [one];
  return (names.length === 0 ? ['*'] : names).map((name) =>
    repositoryArn({ accountId, region: context.region, name }),
  );
}

/** Repositories' own policies and tags. */
export const REPOSITORY_POLICIES: ResourcePolicies = {
  async find(queries, _action, arn) {
    const address = addressOfArn(arn);
    const repository = address && (await findRepository(queries, address));
    if (repository === undefined) return undefined;
    const { accountId, tags, policy } = repository;
    return { accountId, tags, ...(policy === undefined ? {} : { policy }) };
  },
};
