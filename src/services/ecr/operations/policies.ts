import type { Operations } from '#aws/models/ecr.types.gen.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { EcrCore } from '../core.ts';
import { invalidParameter, lifecyclePolicyNotFound, policyNotFound } from '../errors.ts';
import { requireRepository, saveRepository } from '../store.ts';
import { changeRepository } from './repositories.ts';
import { addressOf, namedAs } from './shared.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html */
export function getRepositoryPolicy({ database }: EcrCore): Operations['GetRepositoryPolicy'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { policy } = await database.read((queries) => requireRepository(queries, address));
    if (policy === undefined) throw policyNotFound(address);
    return { ...namedAs(address), policyText: policy };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html */
export function setRepositoryPolicy(core: EcrCore): Operations['SetRepositoryPolicy'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { policyText: policy } = input;
    checkPolicy(policy);
    await changeRepository(core, address, (known) => ({ ...known, policy }));
    return { ...namedAs(address), policyText: policy };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepositoryPolicy.html */
export function deleteRepositoryPolicy(core: EcrCore): Operations['DeleteRepositoryPolicy'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const taken = await takeText(core, address, 'policy');
    if (taken === undefined) throw policyNotFound(address);
    return { ...namedAs(address), policyText: taken };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html */
export function getLifecyclePolicy({ database }: EcrCore): Operations['GetLifecyclePolicy'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const found = await database.read((queries) => requireRepository(queries, address));
    const { lifecyclePolicy: lifecyclePolicyText } = found;
    if (lifecyclePolicyText === undefined) throw lifecyclePolicyNotFound(address);
    return { ...namedAs(address), lifecyclePolicyText };
  };
}

/** Kept alone: no image goes by it. */
export function putLifecyclePolicy(core: EcrCore): Operations['PutLifecyclePolicy'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { lifecyclePolicyText: lifecyclePolicy } = input;
    const policy = parseJson(lifecyclePolicy);
    if (!isObject(policy) || !Array.isArray(policy['rules']) || policy['rules'].length === 0) {
      const constraint =
        'Lifecycle policy validation failure: could not read the rules of the policy';
      throw invalidParameter('LifecyclePolicyText', constraint);
    }
    await changeRepository(core, address, (known) => ({ ...known, lifecyclePolicy }));
    return { ...namedAs(address), lifecyclePolicyText: lifecyclePolicy };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteLifecyclePolicy.html */
export function deleteLifecyclePolicy(core: EcrCore): Operations['DeleteLifecyclePolicy'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const taken = await takeText(core, address, 'lifecyclePolicy');
    if (taken === undefined) throw lifecyclePolicyNotFound(address);
    return { ...namedAs(address), lifecyclePolicyText: taken };
  };
}

/** Takes one of the texts from a repository, where it has it. */
async function takeText(
  { database }: EcrCore,
  address: Parameters<typeof requireRepository>[1],
  member: 'policy' | 'lifecyclePolicy',
): Promise<string | undefined> {
  return await database.transact(async (tx) => {
    const { [member]: taken, ...rest } = await requireRepository(tx, address);
    if (taken !== undefined) await saveRepository(tx, rest);
    return taken;
  });
}

/** @throws AwsError InvalidParameterException */
function checkPolicy(text: string): void {
  const policy = parseJson(text);
  const statement = isObject(policy) ? policy['Statement'] : undefined;
  const statements: unknown[] = Array.isArray(statement) ? statement : [statement];
  const isPolicy = statements.length > 0 && statements.every(isStatement);
  if (!isPolicy) throw invalidParameter('PolicyText', 'Invalid repository policy provided');
}

/** A repository's policy names no resource: it is about that on which it lies. */
function isStatement(value: unknown): boolean {
  if (!isObject(value)) return false;
  const isNamed = value['Principal'] !== undefined || value['NotPrincipal'] !== undefined;
  const isAbout = value['Action'] !== undefined || value['NotAction'] !== undefined;
  return isNamed && isAbout && (value['Effect'] === 'Allow' || value['Effect'] === 'Deny');
}
