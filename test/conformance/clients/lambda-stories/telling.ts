/** What the stories of Lambda's operations share. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lambda, LayerVersionContentInput } from '@aws-sdk/client-lambda';
import { zipOf } from '../../../e2e/clients.ts';
import type { Caller } from '../lambda-callers.ts';

export const ACCOUNT = '000000000000';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/r`;
const SETTLED_WITHIN_MS = 120_000;
const LOOK_AGAIN_MS = 20;

/** One client, and the name of the function that its story is about. */
export interface Teller {
  readonly caller: Caller;
  readonly lambda: Lambda;
  readonly name: string;
  readonly arn: string;
}

/** The ARN of a function of the test's account. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
}

/** A zip of one module. */
export function codeOf(text: string): Promise<Uint8Array> {
  return zipOf({ 'index.mjs': text });
}

/** A layer's zip of one file. */
export async function layerOf(text: string): Promise<LayerVersionContentInput> {
  return { ZipFile: await zipOf({ 'nodejs/x.txt': text }) };
}

/** A zip whose directory is whole, as the AWS CLI wants it, and whose first entry is not. */
export async function damagedZip(): Promise<Uint8Array> {
  const zip = await codeOf('export const handler = 1;');
  return zip.fill(0, 0, 4);
}

/** Fails unless `call` is refused with the code and AWS's words. */
export async function refused(
  call: Promise<unknown>,
  code: string,
  message: string | RegExp,
  status?: number,
): Promise<void> {
  // Each client throws what has the code as its name.
  const error = (await call.then(
    (answer) => assert.fail(`not refused: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  )) as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  assert.equal(error.name, code, error.message);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  if (status !== undefined) assert.equal(error.$metadata?.httpStatusCode, status);
}

/** Asks until a condition holds. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
): Promise<Answer> {
  const signal = AbortSignal.timeout(SETTLED_WITHIN_MS);
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
}

/** Waits for a function that is being created or updated. */
export async function settled({ lambda, name }: Teller, Qualifier = '$LATEST'): Promise<void> {
  await until(
    () => lambda.getFunctionConfiguration({ FunctionName: name, Qualifier }),
    ({ State, LastUpdateStatus }) => State === 'Active' && LastUpdateStatus !== 'InProgress',
  );
}

/** A payload as text. */
export function textOf(payload: Uint8Array | undefined): string {
  return Buffer.from(payload ?? []).toString();
}
