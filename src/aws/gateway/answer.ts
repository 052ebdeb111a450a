/** The life of a request, from its head to its answer, one line a step. */
import { EMPTY_BYTES, streamOfBytes } from '#kernel/bytes.ts';
import type { Turns } from '#kernel/turns.ts';
import { MIB } from '#kernel/units.ts';
import { AwsError } from '../errors.ts';
import { HTTP_HEADERS, HTTP_STATUS } from '../extras.ts';
import type { OperationModel } from '../model.ts';
import type { RequestContext, Service } from '../operation.ts';
import { chooseProtocol, type Call, type Protocol } from '../protocols/index.ts';
import type { Router } from '../route.ts';
import {
  refusalError,
  type ClaimReader,
  type ErrorFamily,
  type SigningKeys,
} from '../signature/index.ts';
import { validateInput } from '../validate.ts';
import type { WireResponse } from '../wire.ts';
import { authenticate, type Authenticated } from './authenticate.ts';
import { decode } from './decode.ts';
import { internalFailure, logBug, notImplemented, unknownService } from './failures.ts';
import { DEFAULT_BASE_HOSTS, type GatewayOptions } from './options.ts';
import { prime } from './prime.ts';
import type { Received } from './receive.ts';
import { ClientGone } from './request-body.ts';
import { storageRequestId } from './request-id.ts';
import { routeRequest, type Routed } from './route-request.ts';

/** Bytes of a body that is not streamed, where its service says nothing. */
const BODY_BYTES_MAX = 16 * MIB;

/** What answering needs beside the request. */
export interface Answerer {
  readonly options: GatewayOptions;
  readonly router: Router;
  /** By the model's name. */
  readonly services: ReadonlyMap<string, Service>;
  readonly claims: ClaimReader;
  readonly keys: SigningKeys;
  /** In which compressed bodies are unpacked. */
  readonly turns: Turns;
}

/** One request on its way. */
interface Exchange extends Routed {
  readonly protocol: Protocol;
  readonly service: Service | undefined;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/**
 * Answers a request; an error is an answer, too.
 * @throws ClientGone where nobody is left to be answered
 */
export async function answer(
  answerer: Answerer,
  received: Received,
  signal: AbortSignal,
): Promise<WireResponse> {
  const { options, router, claims, services } = answerer;
  const baseHosts = options.baseHosts ?? DEFAULT_BASE_HOSTS;
  const routing = routeRequest(router, claims, received, baseHosts);
  const routed = routing instanceof Promise ? await routing : routing;
  const exchange: Exchange = {
    ...routed,
    protocol: chooseProtocol(routed.model, routed.received.head),
    service: services.get(routed.model.name),
    requestId: requestIdOf(routed, options),
    signal,
  };
  const extras = options.extras?.get(exchange.model.name);
  if (extras === undefined) return await answerOperation(answerer, exchange);
  const { head } = exchange.received;
  const request = { ...head, body: exchange.received.body };
  try {
    const extra = await extras.answer({ request, requestId: exchange.requestId, signal });
    if (extra !== undefined) return extra;
  } catch (error) {
    const failure = answerError(answerer, exchange, error);
    return await extras.complete(head, failure);
  }
  return await extras.complete(head, await answerOperation(answerer, exchange));
}

/** The steps of an operation: authenticate, decode, parse, validate, authorise, operate, serialise. */
async function answerOperation(answerer: Answerer, exchange: Exchange): Promise<WireResponse> {
  const { model, protocol, requestId, service } = exchange;
  try {
    const sender = await authenticateExchange(answerer, exchange);
    const decoded = decode(exchange.received.head, sender, familyOf(exchange) === 's3');
    if (!exchange.isKnown) throw unknownService(model.name);
    const reading = { bodyBytesMax: bodyBound(service), turns: answerer.turns };
    const opened = protocol.open(model, decoded.request, reading);
    const call = opened instanceof Promise ? await opened : opened;
    requireSignature(exchange, sender, call.operation);
    const operation = service?.operations[call.operation.name];
    if (operation === undefined) throw notImplemented(model, call.operation.name);
    const expected = decoded.expectChecksum?.(call.operation);
    const checksum = expected === undefined ? undefined : await expected;
    const parsing = call.parse();
    const parsed = parsing instanceof Promise ? await parsing : parsing;
    const input = service?.complete?.(call.operation, parsed, exchange.received.head) ?? parsed;
    validateInput(model, call.operation, input);
    const context = contextOf(answerer, exchange, sender);
    const { auth, authorise } = answerer.options;
    if (auth.kind === 'iam') await authorise?.(context, model, call.operation, input);
    // Parsed and validated by the very model from which the operation's input type is made.
    const whole = checksum === undefined ? context : { ...context, checksum };
    const output = await operation(whole, input as never);
    const response = protocol.serialize(model, call.operation, output, requestId);
    const answered = withExtras(response, output);
    return answered.body instanceof Uint8Array ? answered : await prime(answered);
  } catch (error) {
    return answerError(answerer, exchange, error);
  }
}

/** @throws AwsError */
async function authenticateExchange(
  { options, keys }: Answerer,
  exchange: Exchange,
): Promise<Authenticated> {
  const { received, read, service, hostBucket } = exchange;
  try {
    return await authenticate(received, read, {
      auth: options.auth,
      credentials: options.credentials,
      keys,
      nowMs: options.clock.now(),
      family: familyOf(exchange),
      bodyBytesMax: bodyBound(service),
      scope: { service: exchange.model.signingName },
      ...(hostBucket !== undefined && { hostBucket }),
    });
  } catch (error) {
    return await nameOperation(exchange, error);
  }
}

/**
 * A body that is too large to be verified is told with its operation, as all others are, where the request's
 * head names that.
 * @throws AwsError the error, said in full
 */
async function nameOperation(
  { model, protocol, received }: Exchange,
  error: unknown,
): Promise<never> {
  if (!(error instanceof AwsError) || error.code !== 'RequestEntityTooLargeException') throw error;
  const bodiless = { ...received.head, body: streamOfBytes(EMPTY_BYTES) };
  const name = await operationName(() => protocol.open(model, bodiless));
  const { code, status, message } = error;
  if (name === undefined) throw error;
  throw new AwsError({ code, status, message: `${message} for the ${name} operation` });
}

/** `undefined` where the request names none. */
async function operationName(open: () => Call | Promise<Call>): Promise<string | undefined> {
  try {
    return (await open()).operation.name;
  } catch {
    return undefined;
  }
}

/** Whose words a refused signature is put in. */
function familyOf({ model, protocol }: Exchange): ErrorFamily {
  if (model.signingName === 's3') return 's3';
  if (protocol.name === 'awsQuery' || protocol.name === 'restXml') return 'query';
  return protocol.name === 'restJson1' ? 'rest-json' : 'json';
}

/** @throws AwsError unless the request is signed, or the operation is for everybody */
function requireSignature(
  exchange: Exchange,
  sender: Authenticated,
  operation: OperationModel,
): void {
  if (!sender.isAnonymous || exchange.service?.unsigned?.has(operation.name) === true) return;
  throw refusalError(familyOf(exchange), { kind: 'missing' });
}

function contextOf(
  { options }: Answerer,
  exchange: Exchange,
  { principal }: Authenticated,
): RequestContext {
  const { read, requestId, signal, received } = exchange;
  const region = read.kind === 'v4' ? read.claim.scope.region : options.region;
  return {
    requestId,
    accountId: principal.accountId,
    region,
    principal,
    signal,
    http: received.head,
  };
}

/** What an output says of its answer beyond the model. */
function withExtras(response: WireResponse, output: unknown): WireResponse {
  if (typeof output !== 'object' || output === null) return response;
  const { [HTTP_STATUS]: status = response.status, [HTTP_HEADERS]: more } = output as Extras;
  if (status === response.status && more === undefined) return response;
  return { ...response, status, headers: { ...response.headers, ...more } };
}

interface Extras {
  readonly [HTTP_STATUS]?: number;
  readonly [HTTP_HEADERS]?: Readonly<Record<string, string>>;
}

/** @throws ClientGone */
function answerError(
  { options }: Answerer,
  { model, protocol, requestId, signal }: Exchange,
  error: unknown,
): WireResponse {
  if (error instanceof AwsError) return protocol.serializeError(model, error, requestId);
  if (error instanceof ClientGone) throw error;
  if (signal.aborted) throw new ClientGone('the request was aborted', { cause: error });
  logBug(options.log, error, requestId, model.serviceId);
  return protocol.serializeError(model, internalFailure(model.signingName === 's3'), requestId);
}

function requestIdOf({ model }: Routed, { random }: GatewayOptions): string {
  return model.signingName === 's3' ? storageRequestId(random) : random.uuid();
}

function bodyBound(service: Service | undefined): number {
  return service?.bodyBytesMax ?? BODY_BYTES_MAX;
}
