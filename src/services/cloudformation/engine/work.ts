/** What a type of resources is given to work with. */
import { AwsError } from '#aws/errors.ts';
import { MODELS } from '#aws/models/index.ts';
import { present } from '#kernel/assert.ts';
import { isObject, parseJson, type JsonObject } from '#kernel/json.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { CUSTOM_RESOURCE_MS, STABILIZATION_MS } from '../limits.ts';
import type { CustomRequest, Existing, Stack } from '../model.ts';
import { coerce } from '../resources/coerce.ts';
import { RESPONSES_TOPIC } from '../response-surface.ts';
import { notStabilized } from '../resources/shared.ts';
import { textOf, type CustomResponse, type Values, type Work } from '../resources/resource-type.ts';
import { awaitResponse, forgetResponse, isAwaited, responseOf } from '../store-links.ts';
import { ownerOf } from '../store-stacks.ts';

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
  /** What it was asked last, where it is a custom resource. */
  readonly request: CustomRequest | undefined;
  keepRequest(request: CustomRequest): Promise<void>;
  /** Holds a name for as long as the work lasts. */
  hold(name: string): Promise<void>;
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
    hold: (held) => options.hold(held),
    requireAbsent: (property, isThere) => requireAbsent(options, property, isThere),
    ownerOf: (physicalId) =>
      dependencies.database.read((queries) => ownerOf(queries, stack, physicalId)),
    claim: (physicalId) => options.claim({ physicalId, properties, attributes: {} }),
    until: (look, topic) => until(dependencies, { look, topic, signal }),
    respond: (kind, send) => respond(dependencies, options, kind, send),
  };
}

async function call(
  { operations }: CloudformationDependencies,
  { stack, signal }: WorkOptions,
  { service, operation, input }: { service: string; operation: string; input: Values },
): Promise<Values> {
  const model = MODELS.find((one) => one.name === service)?.operation(operation);
  const { sender: owner } = present(stack.operation, 'work is done by an operation');
  const sender = { ...owner, stackId: stack.id };
  const shape = present(model, `${service} has ${operation}`).input;
  // A structure of the shape becomes a structure.
  const coerced = coerce(shape, input) as Values;
  return await operations.call({ service, operation, input: coerced, sender }, signal);
}

async function requireAbsent(
  { isBegun, begin, hold, type, properties }: WorkOptions,
  property: string,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const name = textOf(properties, property);
  if (name === undefined) return;
  await hold(name);
  if (isBegun) return;
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
  dependencies: CloudformationDependencies,
  { look, topic, signal }: Pick<Look<boolean>, 'look' | 'topic' | 'signal'>,
): Promise<void> {
  const { clock } = dependencies;
  const untilMs = clock.monotonicMs() + STABILIZATION_MS;
  const held = async (): Promise<true | undefined> => (await look()) || undefined;
  for (let waitMs = LOOK_MS_MIN; ; waitMs = Math.min(LOOK_MS_MAX, waitMs * 2)) {
    if (await lookOrWait(dependencies, { look: held, topic, waitMs, signal })) return;
    if (clock.monotonicMs() > untilMs) throw notStabilized('Exceeded attempts to wait.');
  }
}

interface Look<Found> {
  /** `undefined`: not yet. */
  look(): Promise<Found | undefined>;
  /** Of the wakeups after which it is worth to look again. */
  readonly topic?: string | undefined;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** What is found; where nothing is, waits for a hint or a while. @throws the signal's reason */
async function lookOrWait<Found>(
  { wakeups, clock }: CloudformationDependencies,
  { look, topic, waitMs, signal }: Look<Found>,
): Promise<Found | undefined> {
  const hinted = new AbortController();
  // What comes while it looks counts, too.
  using _subscription =
    topic === undefined ? undefined : wakeups.subscribe(topic, () => hinted.abort());
  const found = await look();
  if (found !== undefined) return found;
  const either = AbortSignal.any([hinted.signal, signal]);
  await clock.sleep(waitMs, either).catch(() => signal.throwIfAborted());
  return undefined;
}

/**
 * A request that a server has sent before it was killed is not sent again.
 * @throws AwsError where no response comes in time
 */
async function respond(
  dependencies: CloudformationDependencies,
  options: WorkOptions,
  kind: string,
  send: (responseUrl: string) => Promise<void>,
): Promise<CustomResponse> {
  const { database, clock, endpoint } = dependencies;
  const { properties, signal } = options;
  const request = await requestOf(dependencies, options, kind);
  const { token } = request;
  const seconds = Number(properties['ServiceTimeout']);
  const askedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * SECOND_MS : Infinity;
  const untilMs = clock.monotonicMs() + Math.min(askedMs, CUSTOM_RESOURCE_MS);
  try {
    if (!request.isSent) {
      await send(`${endpoint()}/_hearth/cloudformation/${token}`);
      await options.keepRequest({ ...request, isSent: true });
    }
    const look = () => database.read((queries) => responseOf(queries, token));
    for (;;) {
      const waited = { look, topic: RESPONSES_TOPIC, waitMs: LOOK_MS_MAX, signal };
      const body = await lookOrWait(dependencies, waited);
      if (body !== undefined) return readResponse(body);
      if (clock.monotonicMs() > untilMs) throw noResponse();
    }
  } finally {
    // Whoever goes on after this server waits for the same response.
    if (!signal.aborted) await database.transact((tx) => forgetResponse(tx, token));
  }
}

/** The request that is under way, or a new one, whose response is awaited from here on. */
async function requestOf(
  { database, random }: CloudformationDependencies,
  { stack, request: known, keepRequest }: WorkOptions,
  kind: string,
): Promise<CustomRequest> {
  const key = `${present(stack.operation, 'work is done by an operation').id} ${kind}`;
  if (known?.key === key && (await database.read((queries) => isAwaited(queries, known.token)))) {
    return known;
  }
  const request = { key, token: random.uuid(), isSent: false };
  await database.transact(async (tx) => {
    if (known !== undefined) await forgetResponse(tx, known.token);
    await awaitResponse(tx, request.token, stack.id);
  });
  await keepRequest(request);
  return request;
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
  const message =
    'CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.';
  return new AwsError({ code: 'NoCustomResponse', status: 400, message });
}
