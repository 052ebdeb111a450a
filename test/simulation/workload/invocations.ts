/** Invocations: one event, one call, or a burst of either. */
import type { InvocationResponse } from '#aws/models/lambda.types.gen.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { FUNCTIONS, FUNCTION_NAMES, LIVE } from '../names.ts';
import { call, type Actor } from './actor.ts';

/** What Invoke may refuse: too many, a function that is gone or changing, a machine without sandboxes. */
const REFUSALS = [
  'TooManyRequestsException',
  'ResourceNotFoundException',
  'ResourceConflictException',
  'ServiceException',
];

/** Invokes some function, once or so many times at once that some are throttled. */
export async function invokeFunctions(actor: Actor): Promise<void> {
  const { chance } = actor;
  const picked = chance.pick(FUNCTION_NAMES);
  const name = picked === FUNCTIONS.ready ? `${picked}:${LIVE}` : picked;
  const invoke = chance.happens(0.6) ? invokeEvent : invokeAndWait;
  const count = chance.weighted(
    [
      [80, 1],
      [18, 8],
      [2, 130],
    ],
    1,
  );
  await Promise.all(Array.from({ length: count }, () => invoke(actor, name)));
}

async function invokeEvent(actor: Actor, FunctionName: string): Promise<void> {
  const { chance, checkers } = actor;
  const requestId = chance.uuid();
  const input = { FunctionName, InvocationType: 'Event', Payload: Buffer.from('{}') };
  const request = { service: 'lambda', operation: 'Invoke', input, requestId };
  const answer = await call(actor, request, REFUSALS);
  if (answer.kind === 'done') checkers.events.acknowledged(requestId);
  if (answer.kind === 'refused') checkers.events.refused(requestId);
}

async function invokeAndWait(actor: Actor, FunctionName: string): Promise<void> {
  const { chance, trace } = actor;
  const requestId = chance.uuid();
  const input = { FunctionName, Payload: Buffer.from('{}') };
  const request = { service: 'lambda', operation: 'Invoke', input, requestId };
  const answer = await call<InvocationResponse>(actor, request, REFUSALS);
  if (answer.kind !== 'done' || answer.output.FunctionError !== undefined) return;
  const returned = parseJson(Buffer.from(answer.output.Payload ?? []).toString());
  const echoed = isObject(returned) ? returned['requestId'] : undefined;
  if (echoed !== requestId)
    trace.complain(`invocation ${requestId} was answered ${String(echoed)}`);
}
