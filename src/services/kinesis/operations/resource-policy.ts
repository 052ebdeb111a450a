import type {
  DeleteResourcePolicyInput,
  Empty,
  GetResourcePolicyInput,
  GetResourcePolicyOutput,
  PutResourcePolicyInput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { invalidArgument } from '../errors.ts';
import { putState, requireResource, stateOf } from '../resource.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html */
export function putResourcePolicy({
  database,
}: KinesisDependencies): Operation<PutResourcePolicyInput, Empty> {
  return (_context, input) => {
    checkPolicy(input.Policy);
    return database.transact(async (tx) => {
      const resource = await requireResource(tx, input.ResourceARN);
      await putState(tx, resource, { ...stateOf(resource), policy: input.Policy });
      return {};
    });
  };
}

/**
 * Answers `{}` where no policy was put, as recorded from AWS in 2025.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html
 */
export function getResourcePolicy({
  database,
}: KinesisDependencies): Operation<GetResourcePolicyInput, GetResourcePolicyOutput> {
  return (_context, input) =>
    database.read(async (queries) => ({
      Policy: stateOf(await requireResource(queries, input.ResourceARN)).policy ?? '{}',
    }));
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy({
  database,
}: KinesisDependencies): Operation<DeleteResourcePolicyInput, Empty> {
  return (_context, input) =>
    database.transact(async (tx) => {
      const resource = await requireResource(tx, input.ResourceARN);
      await putState(tx, resource, { ...stateOf(resource), policy: undefined });
      return {};
    });
}

function checkPolicy(policy: string): void {
  try {
    const document: unknown = JSON.parse(policy);
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return;
  } catch {
    // Told below, as for JSON that is no document.
  }
  throw invalidArgument('Policy is not a valid JSON document.');
}
