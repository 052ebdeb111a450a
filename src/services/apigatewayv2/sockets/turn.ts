/** What happens on a WebSocket, one thing at a time: it opens, a message comes, it ends. */
import type { Stage } from '#aws/models/apigatewayv2.types.gen.ts';
import type { RequestHead } from '#aws/operation.ts';
import { newTraceHeader } from '#aws/proxy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { executeArn, type OwnedApi, type Snapshot } from '../model.ts';

/** What is known of a connection from its handshake to its end. */
export interface Session {
  readonly connectionId: string;
  readonly owned: OwnedApi;
  readonly stageName: string;
  /** The host that was asked, with its port: where the connections API is, too. */
  readonly host: string;
  readonly connectedAtMs: number;
  readonly sourceIp: string;
  readonly userAgent?: string;
  readonly caller: Caller;
}

/** Who opened it. */
export interface Caller {
  /** What an authorizer told of him. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly principal?: Principal;
  readonly apiKeyId?: string;
}

type Happening =
  | { readonly eventType: 'CONNECT'; readonly head: RequestHead }
  | { readonly eventType: 'MESSAGE'; readonly messageId: string; readonly body: string }
  | { readonly eventType: 'DISCONNECT'; readonly code: number; readonly reason: string };

export interface Turn {
  readonly session: Session;
  readonly owned: OwnedApi;
  readonly stage: Stage;
  readonly snapshot: Snapshot;
  readonly routeKey: string;
  readonly happening: Happening;
  /** API Gateway's own, as events and logs tell it. */
  readonly requestId: string;
  /** The id under which functions are invoked; a UUID. */
  readonly invocationId: string;
  readonly traceHeader: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

interface TurnParts extends Pick<Turn, 'session' | 'stage' | 'snapshot' | 'happening' | 'signal'> {
  readonly routeKey: string;
}

/** A turn that begins now. */
export function beginTurn(
  { clock, random }: Pick<Apigatewayv2Dependencies, 'clock' | 'random'>,
  parts: TurnParts,
): Turn {
  const { session, happening } = parts;
  const nowMs = clock.now();
  const given = happening.eventType === 'CONNECT' ? happening.head.headers : {};
  return {
    ...parts,
    owned: session.owned,
    requestId: shortToken(random),
    invocationId: random.uuid(),
    traceHeader: given['x-amzn-trace-id'] ?? newTraceHeader(nowMs, random.bytes(12)),
    nowMs,
  };
}

/** 87 random bits as ids of requests, messages and connections are written: in paths, too, and never with a dash first. */
export function shortToken(random: Apigatewayv2Dependencies['random']): string {
  const bytes = Uint8Array.from(random.bytes(11), (byte, at) => (at === 0 ? byte & 0x7f : byte));
  return `${Buffer.from(bytes).toString('base64url')}=`;
}

/** The ARN by which policies know a route: `…:ID/STAGE/$connect`. */
export function socketRouteArn({ owned, stage, routeKey }: Turn): string {
  return executeArn(owned, `${stage.StageName}/${routeKey}`);
}

/** The text of a message; empty where none came. */
export function bodyOf({ happening }: Turn): string {
  return happening.eventType === 'MESSAGE' ? happening.body : '';
}
