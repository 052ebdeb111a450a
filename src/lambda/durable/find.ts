/** Whom a request of the API means. */
import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';

import { executionNotFound } from './errors.ts';
import type { Execution } from './model.ts';
import { arnOf } from './model.ts';
import { parseExecutionArn } from './names.ts';
import { findExecution } from './store.ts';

/** The execution of an ARN, where it is the caller's account's and Region's. */
export async function lookUp(
  queries: Queries,
  { accountId, region }: Pick<RequestContext, 'accountId' | 'region'>,
  arn: string,
): Promise<Execution | undefined> {
  const name = parseExecutionArn(arn);
  const execution = name && (await findExecution(queries, name.id));
  if (execution === undefined || arnOf(execution) !== arn) return undefined;
  return execution.accountId === accountId && execution.region === region ? execution : undefined;
}

/** @throws AwsError ResourceNotFoundException */
export async function loadExecution(
  queries: Queries,
  context: Pick<RequestContext, 'accountId' | 'region'>,
  arn: string,
): Promise<Execution> {
  const execution = await lookUp(queries, context, arn);
  if (execution === undefined) throw executionNotFound();
  return execution;
}
