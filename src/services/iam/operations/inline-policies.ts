/** Policies inside of roles, users and groups: the same four operations for each. */
import type { Operation, Service } from '#aws/operation.ts';
import type { IamDependencies } from '../dependencies.ts';
import { changedHolder, holderOf, WORDS, type HolderInput } from '../holder.ts';
import { limitExceeded, noSuchInlinePolicy } from '../errors.ts';
import { INLINE_CHARACTERS_MAX } from '../limits.ts';
import type { Holder } from '../model.ts';
import { pageOf } from '../paging.ts';
import { checkIdentityPolicy, encodeDocument, policyCharacters } from '../policy-document.ts';
import { deleteInlinePolicyRow, listInlinePolicies, putInlinePolicy } from '../store-policies.ts';

/** `PutRolePolicy`, `GetUserPolicy` and their like. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export function inlinePolicyOperations(
  dependencies: IamDependencies,
  kind: Holder,
): Service['operations'] {
  const word = WORDS[kind];
  return {
    [`Delete${word}Policy`]: deletePolicy(dependencies, kind),
    [`Get${word}Policy`]: getPolicy(dependencies, kind),
    [`List${word}Policies`]: listPolicies(dependencies, kind),
    [`Put${word}Policy`]: putPolicy(dependencies, kind),
  };
}

function putPolicy({ database }: IamDependencies, kind: Holder): Operation<HolderInput, object> {
  return async ({ accountId }, input) => {
    const { PolicyName = '', PolicyDocument = '' } = input;
    checkIdentityPolicy(PolicyDocument);
    await database.transact(async (tx) => {
      const holder = await changedHolder(tx, accountId, kind, input);
      const others = (await listInlinePolicies(tx, holder)).filter(
        ({ policyName }) => policyName !== PolicyName,
      );
      const characters = [...others.map(({ document }) => document), PolicyDocument]
        .map(policyCharacters)
        .reduce((sum, one) => sum + one, 0);
      if (characters > INLINE_CHARACTERS_MAX[kind]) throw tooLong(kind, holder.name);
      await putInlinePolicy(tx, holder, PolicyName, PolicyDocument);
    });
    return {};
  };
}

function getPolicy({ database }: IamDependencies, kind: Holder): Operation<HolderInput, object> {
  return async ({ accountId }, input) => {
    const { PolicyName = '' } = input;
    const { holder, policies } = await database.read(async (queries) => {
      const found = await holderOf(queries, accountId, kind, input);
      return { holder: found, policies: await listInlinePolicies(queries, found) };
    });
    const policy = policies.find(({ policyName }) => policyName === PolicyName);
    if (policy === undefined) throw noSuchInlinePolicy(kind, PolicyName);
    return {
      [`${WORDS[kind]}Name`]: holder.name,
      PolicyName,
      PolicyDocument: encodeDocument(policy.document),
    };
  };
}

function listPolicies({ database }: IamDependencies, kind: Holder): Operation<HolderInput, object> {
  return async ({ accountId }, input) => {
    const policies = await database.read(async (queries) =>
      listInlinePolicies(queries, await holderOf(queries, accountId, kind, input)),
    );
    const page = pageOf(policies, ({ policyName }) => policyName, input);
    return { PolicyNames: page.elements.map(({ policyName }) => policyName), ...page.rest };
  };
}

function deletePolicy({ database }: IamDependencies, kind: Holder): Operation<HolderInput, object> {
  return async ({ accountId }, input) => {
    const { PolicyName = '' } = input;
    await database.transact(async (tx) => {
      const holder = await changedHolder(tx, accountId, kind, input);
      if (!(await deleteInlinePolicyRow(tx, holder, PolicyName))) {
        throw noSuchInlinePolicy(kind, PolicyName);
      }
    });
    return {};
  };
}

function tooLong(kind: Holder, name: string): Error {
  return limitExceeded(
    `Maximum policy size of ${INLINE_CHARACTERS_MAX[kind]} bytes exceeded for ${kind} ${name}`,
  );
}
