/** How executions, their checkpoints and their callbacks are named. Pure. */
import { parseJson } from '#kernel/json.ts';

import { addressOfArn, type FunctionAddress, functionArn } from '../model/address.ts';

/** An execution as its ARN names it. */
export interface ExecutionName {
  /** Its qualifier is the version. */
  readonly address: FunctionAddress & { readonly qualifier: string };
  readonly name: string;
  readonly id: string;
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION/durable-execution/NAME/ID`. */
export function executionArn({ address, name, id }: ExecutionName): string {
  return `${functionArn(address)}:${address.qualifier}/durable-execution/${name}/${id}`;
}

/** What an execution's ARN says; `undefined` for what is none. */
export function parseExecutionArn(text: string): ExecutionName | undefined {
  const [arn = '', kind, name, id, ...rest] = text.split('/');
  const address = addressOfArn(arn);
  if (kind !== 'durable-execution' || rest.length > 0 || !name || !id) return undefined;
  const qualifier = address?.qualifier;
  if (address === undefined || qualifier === undefined) return undefined;
  return { address: { ...address, qualifier }, name, id };
}

/** What a checkpoint has to show: from which invocation it comes, and after which other. */
export interface CheckpointToken {
  readonly executionId: string;
  readonly invocationId: string;
  readonly number: number;
}

/** Base64, as the model wants it. */
export function writeToken({ executionId, invocationId, number }: CheckpointToken): string {
  return base64Of([executionId, invocationId, number]);
}

/** `undefined` for a text that no `writeToken` wrote. */
export function parseToken(text: string): CheckpointToken | undefined {
  const [executionId, invocationId, number] = partsOf(text);
  if (typeof executionId !== 'string' || typeof invocationId !== 'string') return undefined;
  return typeof number === 'number' ? { executionId, invocationId, number } : undefined;
}

/** Whom a callback's id leads to. It is given away: `secret` keeps others from guessing it. */
export interface CallbackName {
  readonly executionArn: string;
  readonly operationId: string;
  readonly secret: string;
}

/** Base64, as the model wants it. */
export function writeCallbackId(name: CallbackName): string {
  return base64Of([name.executionArn, name.operationId, name.secret]);
}

/** `undefined` for a text that no `writeCallbackId` wrote. */
export function parseCallbackId(text: string): CallbackName | undefined {
  const [arn, operationId, secret] = partsOf(text);
  if (typeof arn !== 'string' || typeof operationId !== 'string') return undefined;
  return typeof secret === 'string' ? { executionArn: arn, operationId, secret } : undefined;
}

function base64Of(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64');
}

function partsOf(text: string): readonly unknown[] {
  const parts = parseJson(Buffer.from(text, 'base64').toString());
  return Array.isArray(parts) ? parts : [];
}
