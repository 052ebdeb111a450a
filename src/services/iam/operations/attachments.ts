/** Managed policies on roles, users and groups: the same three operations for each. */
import type { Operation, Service } from '#aws/operation.ts';
import { isAwsManaged, nameOfPolicyArn } from '../aws-managed-policies.ts';
import type { IamDependencies } from '../dependencies.ts';
import { changedHolder, holderOf, WORDS, type HolderInput } from '../holder.ts';
import { limitExceeded, noSuchPolicy, notAttachable, validationError } from '../errors.ts';
import { ATTACHMENTS_MAX } from '../limits.ts';
import type { Holder } from '../model.ts';
import { pageOf } from '../paging.ts';
import { attach, attachedArns, detach, findPolicy } from '../store-policies.ts';

/** `AttachRolePolicy`, `ListAttachedUserPolicies` and their like. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
export function attachmentOperations(
  dependencies: IamDependencies,
  kind: Holder,
): Service['operations'] {
  const word = WORDS[kind];
  return {
    [`Attach${word}Policy`]: attachPolicy(dependencies, kind),
    [`Detach${word}Policy`]: detachPolicy(dependencies, kind),
    [`ListAttached${word}Policies`]: listAttached(dependencies, kind),
  };
}

function attachPolicy({ database }: IamDependencies, kind: Holder): Operation<HolderInput, object> {
  return async ({ accountId }, input) => {
    const { PolicyArn = '' } = input;
    if (!/^arn:aws:iam::(?:aws|\d{12}):policy\//.test(PolicyArn)) {
      throw validationError(`ARN ${PolicyArn} is not valid.`);
    }
    await database.transact(async (tx) => {
      const holder = await changedHolder(tx, accountId, kind, input);
      const isThere = isAwsManaged(PolicyArn) || (await findPolicy(tx, accountId, PolicyArn));
      if (!isThere) throw notAttachable(PolicyArn);
      const arns = await attachedArns(tx, holder);
      if (!arns.includes(PolicyArn) && arns.length >= ATTACHMENTS_MAX) {
        throw limitExceeded(
          `Cannot exceed quota for PoliciesPer${WORDS[kind]}: ${ATTACHMENTS_MAX}`,
        );
      }
      await attach(tx, holder, PolicyArn);
    });
    return {};
  };
}

function detachPolicy({ database }: IamDependencies, kind: Holder): Operation<HolderInput, object> {
  return async ({ accountId }, input) => {
    const { PolicyArn = '' } = input;
    await database.transact(async (tx) => {
      const holder = await changedHolder(tx, accountId, kind, input);
      if (!(await detach(tx, holder, PolicyArn))) throw noSuchPolicy(PolicyArn);
    });
    return {};
  };
}

function listAttached({ database }: IamDependencies, kind: Holder): Operation<HolderInput, object> {
  return async ({ accountId }, input) => {
    const arns = await database.read(async (queries) =>
      attachedArns(queries, await holderOf(queries, accountId, kind, input)),
    );
    const page = pageOf(arns, (arn) => arn, input);
    const AttachedPolicies = page.elements.map((PolicyArn) => ({
      PolicyName: nameOfPolicyArn(PolicyArn),
      PolicyArn,
    }));
    return { AttachedPolicies, ...page.rest };
  };
}
