/** The keys of conditions and variables that policies ask for. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html */
import type {
  GetContextKeysForCustomPolicyRequest,
  GetContextKeysForPolicyResponse,
  GetContextKeysForPrincipalPolicyRequest,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { IamDependencies } from '../dependencies.ts';
import { invalidInput } from '../errors.ts';
import { readHolder } from '../identity.ts';
import type { Holder } from '../model.ts';
import { getEntity } from '../store-entities.ts';

/** The two operations. */
export function contextKeyOperations({ database }: IamDependencies): Service['operations'] {
  const ofCustom: Operation<
    GetContextKeysForCustomPolicyRequest,
    GetContextKeysForPolicyResponse
  > = async (_, { PolicyInputList }) => ({ ContextKeyNames: keysOf(PolicyInputList) });
  const ofPrincipal: Operation<
    GetContextKeysForPrincipalPolicyRequest,
    GetContextKeysForPolicyResponse
  > = ({ accountId }, { PolicySourceArn, PolicyInputList = [] }) =>
    database.read(async (queries) => {
      const [, kind, name] =
        /^(group|role|user)\/(?:.*\/)?([^/]+)$/.exec(parseArn(PolicySourceArn)?.resource ?? '') ??
        [];
      if (name === undefined) throw invalidInput(`Invalid Entity Arn: ${PolicySourceArn}`);
      const holder = await getEntity(queries, accountId, kind as Holder, name);
      const { policies } = await readHolder(queries, holder);
      return { ContextKeyNames: keysOf([...PolicyInputList, ...policies]) };
    });
  return {
    GetContextKeysForCustomPolicy: ofCustom,
    GetContextKeysForPrincipalPolicy: ofPrincipal,
  };
}

/** @throws AwsError InvalidInput */
function keysOf(documents: readonly string[]): string[] {
  const keys = new Set<string>();
  for (const document of documents) {
    const policy = parseJson(document);
    if (!isObject(policy)) throw invalidInput('Syntax errors in policy.');
    const { Statement } = policy;
    for (const statement of Array.isArray(Statement) ? Statement : [Statement]) {
      addKeys(keys, statement);
    }
  }
  return [...keys];
}

function addKeys(keys: Set<string>, statement: unknown): void {
  if (!isObject(statement)) return;
  const conditions = isObject(statement['Condition']) ? Object.values(statement['Condition']) : [];
  for (const condition of conditions) {
    if (isObject(condition)) for (const key of Object.keys(condition)) keys.add(key);
  }
  const text = JSON.stringify([statement['Resource'], statement['NotResource'], conditions]);
  for (const [, variable = ''] of text.matchAll(/\$\{([\w-]+:[^},"']+?)(?:,[^}]*)?\}/g)) {
    keys.add(variable);
  }
}
