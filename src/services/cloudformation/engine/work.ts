/** What a type of resources is given to work with. */
import { AwsError } from '#aws/errors.ts';
import { MODELS } from '#aws/models/index.ts';
import { present } from '#kernel/assert.ts';
import { isObject, parseJson, type JsonObject } from '#kernel/json.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { CUSTOM_RESOURCE_MS, STABILIZATION_MS } from '../limits.ts';
import type { Existing, Stack } from '../model.ts';
import { coerce } from '../resources/coerce.ts';
import { notStabilized } from '../resources/shared.ts';
import { textOf, type CustomResponse, type Values, type Work } from '../resources/resource-type.ts';
import { awaitResponse, forgetResponse, responseOf } from '../store-links.ts';

export const RESPONSES_TOPIC = 'cloudformation/responses';
const LOOK_MS_MIN = 20;
const LOOK_MS_MAX = 2 * SECOND_MS;
const NAME_LENGTH_MAX = 64;

export interface WorkOptions {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly suffix: string;
  readonly signal: AbortSignal;
  /** True where this operation has begun to make it, before the server was started again. */
  readonly isBegun: boolean;
  /** Keeps that. */
  begin(): Promise<void>;
  /** Keeps what is made so far. */
  claim(existing: Existing): Promise<void>;
}

/** The work on one resource. */
export function createWork(dependencies: CloudformationDependencies, options: WorkOptions): Work {
  const { stack, logicalId, type, properties, suffix, signal } = options;
  const { id, name, accountId, region, goal } = stack;
  return {
    logicalId,
    type,
    properties,
    stack: { id, name, tags: goal.tags },
    accountId,
    region,
    signal,
    call: (service, operation, input) => call(dependencies, options, { service, operation, input }),
    newName: (lengthMax = NAME_LENGTH_MAX) => nameOf(name, logicalId, suffix, lengthMax),
    requireAbsent: (property, isThere) => requireAbsent(options, property, isThere),
    claim: (physicalId) => options.claim({ physicalId, properties, attributes: {} }),
    until: (look) => until(dependencies, look, signal),
    respond: (send) => respond(dependencies, options, send),
  };
}

async function call(
  { operations }: CloudformationDependencies,
  { stack, signal }: WorkOptions,
  { service, operation, input }: { service: string; operation: string; input: Values },
): Promise<Values> {
  const model = MODELS.find((one) => one.name === service)?.operation(operation);
  const sender = present(stack.operation, 'work is done by an operation').sender;
  const shape = present(model, `${service} has ${operation}`).input;
  // A structure of the shape becomes a structure.
  const coerced = coerce(shape, input) as Values;
  return await operations.call({ service, operation, input: coerced, sender }, signal);
}

async function requireAbsent(
  { isBegun, begin, type, properties }: WorkOptions,
  property: string,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const name = textOf(properties, property);
  if (isBegun || name === undefined) return;
  if (await isThere()) {
    const message = `Resource of type '${type}' with identifier '${name}' already exists.`;
    throw new AwsError({ code: 'AlreadyExists', status: 400, message });
  }
  await begin();
}

/** Stack and resource are shortened, the suffix never: by it the name is nobody else's. */
function nameOf(stackName: string, logicalId: string, suffix: string, lengthMax: number): string {
  const room = lengthMax - suffix.length - 2;
  const stackLength = Math.max(Math.floor(room / 2), room - logicalId.length);
  const stackPart = stackName.slice(0, stackLength);
  return `${stackPart}-${logicalId.slice(0, room - stackPart.length)}-${suffix}`;
}

/**
 * Looks again and again, ever more seldom.
 * @throws the signal's reason; AwsError NotStabilized where it holds too late
 */
async function until(
  { clock }: CloudformationDependencies,
  look: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = clock.monotonicMs() + STABILIZATION_MS;
  for (let waitMs = LOOK_MS_MIN; !(await look()); waitMs = Math.min(LOOK_MS_MAX, waitMs * 2)) {
    if (clock.monotonicMs() > untilMs) throw notStabilized('Exceeded attempts to wait.');
    await clock.sleep(waitMs, signal);
  }
}

/** @throws AwsError where no response comes in time */
async function respond(
  dependencies: CloudformationDependencies,
  { stack, properties, signal }: WorkOptions,
  send: (responseUrl: string) => Promise<void>,
): Promise<CustomResponse> {
  const { database, clock, random, endpoint } = dependencies;
  const token = random.uuid();
  await database.transact((tx) => awaitResponse(tx, token, stack.id));
  const seconds = Number(properties['ServiceTimeout']);
  const askedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * SECOND_MS : Infinity;
  const waitMs = Math.min(askedMs, CUSTOM_RESOURCE_MS);
  const untilMs = clock.monotonicMs() + waitMs;
  try {
    await send(`${endpoint()}/_hearth/cloudformation/${token}`);
    for (;;) {
      const body = await nextResponse(dependencies, token, signal);
      if (body !== undefined) return readResponse(body);
      if (clock.monotonicMs() > untilMs) throw noResponse();
    }
  } finally {
    await database.transact((tx) => forgetResponse(tx, token));
  }
}

/** The response if it is there; else waits for a hint or a while. */
async function nextResponse(
  { database, wakeups, clock }: CloudformationDependencies,
  token: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hinted = new AbortController();
  using _subscription = wakeups.subscribe(RESPONSES_TOPIC, () => hinted.abort());
  const body = await database.read((queries) => responseOf(queries, token));
  if (body !== undefined) return body;
  const either = AbortSignal.any([hinted.signal, signal]);
  await clock.sleep(LOOK_MS_MAX, either).catch(() => signal.throwIfAborted());
  return undefined;
}

function readResponse(body: string): CustomResponse {
  const response = parseJson(body);
  if (!isObject(response)) return { isSuccess: false, reason: 'Invalid response.', data: {} };
  const { Status: status, Reason: reason, PhysicalResourceId: id, Data: data } = response;
  return {
    isSuccess: status === 'SUCCESS',
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof id === 'string' ? { physicalId: id } : {}),
    data: isObject(data) ? (data as JsonObject) : {}, // It came as JSON.
  };
}

function noResponse(): AwsError {
  return notStabilized(
    'CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.',
  );
}
