import type { Operations, Repository as Shown } from '#aws/models/ecr.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { EcrCore } from '../core.ts';
import { repositoryUri } from '../endpoint.ts';
import {
  invalidParameter,
  limitExceeded,
  repositoryExists,
  repositoryNotEmpty,
  repositoryNotFound,
} from '../errors.ts';
import { LISTED_DEFAULT, REPOSITORIES_MAX } from '../limits.ts';
import { repositoryArn, type Repository, type TagFilter } from '../model.ts';
import {
  countRepositories,
  deleteRepositoryRows,
  findRepository,
  listRepositories,
  requireRepository,
  saveRepository,
} from '../store.ts';
import { hasImages } from '../store-images.ts';
import { unnamedBlobs } from '../store-layers.ts';
import { addressOf, namedAs, nextOf, readToken, tagsOfList } from './shared.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
export function createRepository(core: EcrCore): Operations['CreateRepository'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { imageTagMutability: tagMutability = 'MUTABLE' } = input;
    const exclusions = input.imageTagMutabilityExclusionFilters ?? [];
    checkMutability(tagMutability, exclusions);
    const repository: Repository = {
      ...address,
      createdAtMs: core.clock.now(),
      tagMutability,
      exclusions,
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
      encryption: input.encryptionConfiguration ?? { encryptionType: 'AES256' },
      tags: tagsOfList(input.tags ?? []),
    };
    await core.database.transact(async (tx) => {
      if (await findRepository(tx, address)) throw repositoryExists(address);
      if ((await countRepositories(tx, address)) >= REPOSITORIES_MAX) {
        throw limitExceeded('The maximum number of repositories of the registry has been reached');
      }
      await saveRepository(tx, repository);
    });
    return { repository: show(core, context, repository) };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html */
export function describeRepositories(core: EcrCore): Operations['DescribeRepositories'] {
  return async (context, input) => {
    const accountId = input.registryId ?? context.accountId;
    const { repositoryNames: names, maxResults: limit = LISTED_DEFAULT } = input;
    const place = { accountId, region: context.region };
    if (names !== undefined) {
      const found = await core.database.read((queries) =>
        Promise.all(names.map((name) => requireRepository(queries, { ...place, name }))),
      );
      return { repositories: found.map((one) => show(core, context, one)) };
    }
    const after = readToken(input.nextToken);
    const found = await core.database.read((queries) =>
      listRepositories(queries, place, after, limit + 1),
    );
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const next = found.length > limit && last !== undefined ? nextOf(last.name) : {};
    return { repositories: page.map((one) => show(core, context, one)), ...next };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html */
export function deleteRepository(core: EcrCore): Operations['DeleteRepository'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const [repository, orphans] = await core.database.transact(async (tx) => {
      const found = await findRepository(tx, address);
      if (found === undefined) throw repositoryNotFound(address);
      const isForced = input.force === true;
      if (!isForced && (await hasImages(tx, address))) throw repositoryNotEmpty(address);
      const taken = await deleteRepositoryRows(tx, address);
      return [found, await unnamedBlobs(tx, taken)] as const;
    });
    core.ledger.discard(orphans);
    return { repository: show(core, context, repository) };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html */
export function putImageTagMutability(core: EcrCore): Operations['PutImageTagMutability'] {
  return async (context, input) => {
    const { imageTagMutability: tagMutability } = input;
    const exclusions = input.imageTagMutabilityExclusionFilters ?? [];
    checkMutability(tagMutability, exclusions);
    const address = addressOf(context, input);
    await changeRepository(core, address, (known) => ({ ...known, tagMutability, exclusions }));
    return { ...namedAs(address), imageTagMutability: tagMutability, ...filtersOf(exclusions) };
  };
}

/** Kept alone: nothing is scanned. */
export function putImageScanningConfiguration(
  core: EcrCore,
): Operations['PutImageScanningConfiguration'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { scanOnPush = false } = input.imageScanningConfiguration;
    await changeRepository(core, address, (known) => ({ ...known, scanOnPush }));
    return { ...namedAs(address), imageScanningConfiguration: { scanOnPush } };
  };
}

/** Replaces what is kept of a repository. @throws AwsError RepositoryNotFoundException */
export async function changeRepository(
  { database }: Pick<EcrCore, 'database'>,
  address: Parameters<typeof requireRepository>[1],
  change: (repository: Repository) => Repository,
): Promise<void> {
  await database.transact(async (tx) => {
    await saveRepository(tx, change(await requireRepository(tx, address)));
  });
}

function show(core: EcrCore, { http }: RequestContext, repository: Repository): Shown {
  const { createdAtMs, tagMutability, exclusions, scanOnPush, encryption } = repository;
  return {
    repositoryArn: repositoryArn(repository),
    ...namedAs(repository),
    repositoryUri: repositoryUri(core, http, repository),
    createdAt: createdAtMs,
    imageTagMutability: tagMutability,
    ...filtersOf(exclusions),
    imageScanningConfiguration: { scanOnPush },
    encryptionConfiguration: encryption,
  };
}

function filtersOf(exclusions: readonly TagFilter[]) {
  return exclusions.length === 0 ? {} : { imageTagMutabilityExclusionFilters: exclusions };
}

/** @throws AwsError InvalidParameterException */
function checkMutability(mutability: string, exclusions: readonly TagFilter[]): void {
  if (mutability.endsWith('_WITH_EXCLUSION') === exclusions.length > 0) return;
  const constraint =
    exclusions.length > 0
      ? `must be absent where the tag mutability is ${mutability}`
      : `must be present where the tag mutability is ${mutability}`;
  throw invalidParameter('imageTagMutabilityExclusionFilters', constraint);
}
