/** A function's resource policy: where it is kept, and how a change of it gives the function a new revision. */
import type { Queries, Transaction } from '#ports/world/database.ts';

import { aliasNotFound, functionNotFound } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { LATEST, qualifierKind } from '../../model/address.ts';
import { settled, touched } from '../../model/lifecycle.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { AliasRecord, VersionRecord } from '../../model/records.ts';
import { aliases, policies, versionNumber, versions } from '../../store.ts';
import type { Control } from '../control.ts';

/** What a policy hangs on. */
export type PolicySubject =
  | { readonly kind: 'version'; readonly version: VersionRecord }
  | { readonly kind: 'alias'; readonly alias: AliasRecord };

/**
 * The version or alias of an address.
 * @throws AwsError ResourceNotFoundException, in other words for an alias than for a version
 */
export async function policySubject(
  control: Control,
  queries: Queries,
  address: FunctionAddress,
): Promise<PolicySubject> {
  const { functionName, qualifier = LATEST } = address;
  if (qualifierKind(qualifier) === 'alias') {
    if (qualifier.includes('$')) throw functionNotFound(address);
    const alias = await aliases.get(queries, address, functionName, qualifier);
    if (alias === undefined) throw aliasNotFound(address);
    return { kind: 'alias', alias };
  }
  const version = await versions.get(queries, address, functionName, versionNumber(qualifier));
  if (version === undefined) throw functionNotFound(address);
  return { kind: 'version', version: settled(version, control.clock.steadyMs()) };
}

/** The revision id that a change of the policy has to name. */
export function subjectRevision(subject: PolicySubject): string {
  return subject.kind === 'alias' ? subject.alias.revisionId : subject.version.revisionId;
}

/**
 * Writes the policy and gives it and its subject one new revision id; a policy without statements goes.
 * @see recording `lambda_api: TestLambdaPermissions::test_lambda_permission_revisions`
 */
export async function writePolicy(
  control: Control,
  tx: Transaction,
  address: FunctionAddress,
  change: { readonly subject: PolicySubject; readonly statements: readonly PolicyStatement[] },
): Promise<string> {
  const { subject, statements } = change;
  const { functionName, qualifier = LATEST } = address;
  const newId = (): string => control.random.uuid();
  let revisionId: string;
  if (subject.kind === 'alias') {
    revisionId = newId();
    await aliases.put(tx, address, { ...subject.alias, revisionId });
  } else {
    const version = touched(subject.version, newId);
    revisionId = version.revisionId;
    await versions.put(tx, address, version);
  }
  if (statements.length === 0) await policies.delete(tx, address, functionName, qualifier);
  else await policies.put(tx, address, { functionName, qualifier, statements, revisionId });
  return revisionId;
}
