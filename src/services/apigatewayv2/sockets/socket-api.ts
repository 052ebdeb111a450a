/**
 * WebSocket APIs at work: a client connects, sends messages, leaves.
 * Owns nothing; the connections are in Connections.
 * I1 A WebSocket opens once its `$connect` route has answered with 2xx, and is known from then on.
 * I2 Each `$connect` that was answered so is followed by one `$disconnect`, while the server lives.
 * I3 Of one client at most so many messages are under way; no more are taken meanwhile.
 */
import type { ApiAddress, Throttles } from '#aws/execute-api/index.ts';
import type { Route } from '#aws/models/apigatewayv2.types.gen.ts';
import type { SurfaceExchange } from '#aws/operation.ts';
import { isHeaderName } from '#aws/proxy/index.ts';
import type {
  WebSocketAnswer,
  WebSocketHearer,
  WebSocketPeer,
  WebSocketTaking,
} from '#aws/web-socket.ts';
import { utf8 } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import {
  SOCKET_FRAME_BYTES_MAX,
  SOCKET_MESSAGE_BYTES_MAX,
  SOCKET_WAITING_BYTES_MAX,
} from '../limits.ts';
import type { OwnedApi } from '../model.ts';
import { findServed, type Served, type Snapshots } from '../serve/find-stage.ts';
import { authorizeSocket, type SocketAuthorizeOptions } from './authorize.ts';
import type { Connection, Connections } from './connections.ts';
import { selected } from './expressions.ts';
import { CONNECT_ROUTE, DISCONNECT_ROUTE, RESERVED_ROUTES, REST_ROUTE } from './keys.ts';
import { observeSent, observeTurn, type TurnEnd } from './observe.ts';
import { askRoute, isTurnWithinThrottle } from './take-turn.ts';
import { beginTurn, shortToken, type Session, type Turn } from './turn.ts';

export interface SocketOptions extends SocketAuthorizeOptions {
  readonly snapshots: Snapshots;
  readonly throttles: Throttles;
  readonly connections: Connections;
}

const MESSAGES_MAX = 16;
const GOING_AWAY = 1001;
const NOT_TEXT = 1003;
const TOO_MANY = 1008;
const NEVER = new AbortController().signal;

/** Answers a client that would connect. */
export async function connectSocket(
  options: SocketOptions,
  owned: OwnedApi,
  exchange: SurfaceExchange,
  address: ApiAddress,
): Promise<WebSocketAnswer> {
  const { dependencies, snapshots, throttles } = options;
  const { database, clock, random } = dependencies;
  const { request, signal } = exchange;
  const isClosed = owned.api.DisableExecuteApiEndpoint === true && address.form !== 'domain';
  const served = isClosed
    ? undefined
    : await database.read((queries) => findServed(queries, snapshots, owned, address));
  if (served === undefined || served.path !== '/') return refused(403, { message: 'Forbidden' });
  const { stage, snapshot } = served;
  const userAgent = request.headers['user-agent'];
  const session: Session = {
    connectionId: shortToken(random),
    owned,
    stageName: stage.StageName,
    host: request.headers['host'] ?? '',
    connectedAtMs: clock.now(),
    sourceIp: request.sourceIp,
    ...(userAgent === undefined ? {} : { userAgent }),
    caller: {},
  };
  const turn = beginTurn(dependencies, {
    session,
    stage,
    snapshot,
    routeKey: CONNECT_ROUTE,
    happening: { eventType: 'CONNECT', head: request },
    signal,
  });
  const route = routeOf(served, CONNECT_ROUTE);
  if (!isTurnWithinThrottle(throttles, turn, clock.monotonicMs())) {
    return refuse(options, turn, { status: 429, message: 'Too Many Requests', fault: 'client' });
  }
  const admission =
    route === undefined
      ? ({ kind: 'granted', caller: {} } as const)
      : await authorizeSocket(options, turn, route, exchange);
  if (admission.kind === 'refused') {
    const { status, message } = admission;
    return refuse(options, turn, { status, message, fault: status === 500 ? 'gateway' : 'client' });
  }
  const admitted = { ...session, caller: admission.caller };
  return ask(options, { ...turn, session: admitted }, route);
}

/** Asks the route, and takes the connection where that lets it. */
async function ask(
  options: SocketOptions,
  turn: Turn,
  route: Route | undefined,
): Promise<WebSocketAnswer> {
  const { dependencies } = options;
  const taken = route && (await askRoute(dependencies, turn, route));
  const outcome = taken?.outcome;
  if (outcome?.kind === 'failed') return refuse(options, turn, { ...taken?.end, ...outcome });
  if (outcome !== undefined && (outcome.status < 200 || outcome.status > 299)) {
    observeTurn(dependencies, turn, taken?.end ?? outcome);
    const body = utf8(outcome.payload);
    return { kind: 'refused', response: { status: shown(outcome.status), headers: {}, body } };
  }
  observeTurn(dependencies, turn, taken?.end ?? { status: 200 });
  const protocol = outcome?.headers['sec-websocket-protocol'];
  const isSpoken = protocol !== undefined && isHeaderName(protocol);
  return {
    kind: 'taken',
    taking: { ...takingOf(options, turn.session), ...(isSpoken ? { protocol } : {}) },
  };
}

/** A status of an answer that ends. */
function shown(status: number): number {
  return status >= 300 ? status : 502;
}

function refuse(options: SocketOptions, turn: Turn, end: TurnEnd): WebSocketAnswer {
  observeTurn(options.dependencies, turn, end);
  const { connectionId } = turn.session;
  return refused(end.status, { message: end.message, connectionId, requestId: turn.requestId });
}

function refused(status: number, body: object): WebSocketAnswer {
  const headers = { 'content-type': 'application/json' };
  return { kind: 'refused', response: { status, headers, body: utf8(JSON.stringify(body)) } };
}

function routeOf({ snapshot }: Pick<Served, 'snapshot'>, key: string): Route | undefined {
  return snapshot.routes.find(({ RouteKey }) => RouteKey === key);
}

function takingOf(options: SocketOptions, session: Session): WebSocketTaking {
  const { connections } = options;
  return {
    messageBytesMax: SOCKET_MESSAGE_BYTES_MAX,
    frameBytesMax: SOCKET_FRAME_BYTES_MAX,
    open: (peer) => hearerOf(options, connections.add(session, peer)),
    lost: () => leave(options, session, 1006, ''),
  };
}

function hearerOf(options: SocketOptions, connection: Connection): WebSocketHearer {
  const { session, peer } = connection;
  let underWay = 0;
  /** What had come already as no more was taken. */
  const waiting: (() => void)[] = [];
  return {
    onSign: () => connection.touch(),
    async onMessage(message) {
      connection.touch();
      if (typeof message !== 'string') {
        peer.close(NOT_TEXT, 'Binary messages are not supported');
        return;
      }
      underWay += 1;
      if (underWay >= MESSAGES_MAX) peer.pause();
      if (underWay > MESSAGES_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
      await hear(options, session, peer, message);
      underWay -= 1;
      waiting.shift()?.();
      if (underWay < MESSAGES_MAX) peer.resume();
    },
    async onClose(code, reason) {
      options.connections.remove(session.connectionId);
      await leave(options, session, code, reason);
    },
  };
}

/** The deployment that a connection's stage serves now. */
function servedNow({ dependencies, snapshots }: SocketOptions, { owned, stageName }: Session) {
  const address = { apiId: owned.apiId, form: 'domain', path: '/', stage: stageName } as const;
  return dependencies.database.read((queries) => findServed(queries, snapshots, owned, address));
}

/** Routes a message, and answers it where its route is for both ways. Never rejects. */
async function hear(
  options: SocketOptions,
  session: Session,
  peer: WebSocketPeer,
  body: string,
): Promise<void> {
  const { dependencies } = options;
  try {
    const served = await servedNow(options, session);
    if (served === undefined) peer.close(GOING_AWAY, 'Going away');
    else await answerMessage(options, served, { session, peer, body });
  } catch (error) {
    dependencies.log.error('a message failed', { error: String(error) });
    const { connectionId } = session;
    const requestId = shortToken(dependencies.random);
    say(peer, JSON.stringify({ message: 'Internal server error', connectionId, requestId }));
  }
}

interface Message {
  readonly session: Session;
  readonly peer: WebSocketPeer;
  readonly body: string;
}

async function answerMessage(
  options: SocketOptions,
  { stage, snapshot }: Served,
  { session, peer, body }: Message,
): Promise<void> {
  const { dependencies, throttles } = options;
  const messageId = shortToken(dependencies.random);
  const happening = { eventType: 'MESSAGE', messageId, body } as const;
  const parts = { session, stage, snapshot, happening, signal: NEVER };
  const first = beginTurn(dependencies, { ...parts, routeKey: REST_ROUTE });
  const route = chosenRoute(first);
  const turn = { ...first, routeKey: route?.RouteKey ?? REST_ROUTE };
  const complain = (end: TurnEnd): void => {
    observeTurn(dependencies, turn, end);
    const { requestId } = turn;
    const { connectionId } = session;
    say(peer, JSON.stringify({ message: end.message, connectionId, requestId }));
  };
  if (route === undefined) {
    complain({ status: 403, message: 'Forbidden', fault: 'client' });
    return;
  }
  if (!isTurnWithinThrottle(throttles, turn, dependencies.clock.monotonicMs())) {
    complain({ status: 429, message: 'Too Many Requests', fault: 'client' });
    return;
  }
  const { outcome, end } = await askRoute(dependencies, turn, route);
  if (outcome?.kind === 'failed') {
    complain(end);
    return;
  }
  const { payload = '' } = outcome ?? {};
  const isAnswered = payload !== '' && isTwoWay(turn, route);
  if (isAnswered && Buffer.byteLength(payload) > SOCKET_MESSAGE_BYTES_MAX) {
    complain({ ...end, fault: 'gateway', message: 'Internal server error' });
    return;
  }
  observeTurn(dependencies, turn, end);
  if (!isAnswered) return;
  say(peer, payload);
  observeSent(dependencies, session);
}

/** Answers a client, and leaves one that does not take what it is answered. */
function say(peer: WebSocketPeer, text: string): void {
  peer.send(text);
  if (peer.waitingBytes > SOCKET_WAITING_BYTES_MAX) peer.close(TOO_MANY, 'Answers are not taken');
}

/** The route that a message names, else `$default`; what only connections do is nobody's to name. */
function chosenRoute(turn: Turn): Route | undefined {
  const { snapshot, happening } = turn;
  const body = happening.eventType === 'MESSAGE' ? parseJson(happening.body) : undefined;
  const key = selected(snapshot.sockets?.selection ?? '', turn, body);
  const named =
    key === undefined || RESERVED_ROUTES.has(key) ? undefined : routeOf({ snapshot }, key);
  return named ?? routeOf({ snapshot }, REST_ROUTE);
}

/** Whether callers hear what a route's integration says. */
function isTwoWay({ snapshot }: Turn, route: Route): boolean {
  const responses = snapshot.sockets?.routeResponses ?? [];
  return responses.some(({ parentId }) => parentId === route.RouteId);
}

/** Tells the `$disconnect` route; nobody hears what that says. */
async function leave(
  options: SocketOptions,
  session: Session,
  code: number,
  reason: string,
): Promise<void> {
  const { dependencies } = options;
  const served = await servedNow(options, session);
  if (served === undefined) return;
  const { stage, snapshot } = served;
  const turn = beginTurn(dependencies, {
    session,
    stage,
    snapshot,
    routeKey: DISCONNECT_ROUTE,
    happening: { eventType: 'DISCONNECT', code, reason },
    signal: NEVER,
  });
  const route = routeOf(served, DISCONNECT_ROUTE);
  const taken = route && (await askRoute(dependencies, turn, route));
  observeTurn(dependencies, turn, taken?.end ?? { status: 200 });
}
