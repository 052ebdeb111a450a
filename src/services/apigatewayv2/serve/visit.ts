/** One request to a stage of an API, and what is answered without an integration. */
import type { Stage } from '#aws/models/apigatewayv2.types.gen.ts';
import type { RequestHead } from '#aws/operation.ts';
import { domainOf } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { DEFAULT_STAGE, executeArn, type OwnedApi, type Snapshot } from '../model.ts';
import type { RouteMatch } from './match-route.ts';

export interface Visit {
  readonly owned: OwnedApi;
  readonly stage: Stage;
  readonly snapshot: Snapshot;
  readonly match: RouteMatch;
  readonly head: RequestHead;
  /** Decoded; with the stage before it unless that is `$default`. */
  readonly path: string;
  /** With the mapping's key, without the stage: as the client wrote it under a name of the user's own. */
  readonly writtenPath?: string;
  /** API Gateway's own, as events and logs tell it. */
  readonly requestId: string;
  /** The id under which functions are invoked; a UUID. */
  readonly invocationId: string;
  readonly traceHeader: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Who a request is by, once it may go on. */
export type Authorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'iam'; readonly caller: Principal; readonly accessKeyId: string }
  | {
      readonly kind: 'jwt';
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[] | null;
    }
  | {
      readonly kind: 'lambda';
      readonly context: Readonly<Record<string, unknown>>;
      readonly principalId?: string;
    };

/** A visit that may go on, with its body. */
export interface Admitted extends Visit {
  readonly authorization: Authorization;
  readonly body: Uint8Array;
}

/** The first label of a name of the user's own, else the API's id. */
export function domainPrefixOf({ owned, head, writtenPath }: Visit): string {
  return writtenPath === undefined ? owned.apiId : (domainOf(head).split('.')[0] ?? '');
}

/** An answer of the gateway's own: `{"message":"Not Found"}`. */
export function plainAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const body = utf8(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** 500 for whatever is wrong behind the gateway. */
export function internalError(): WireResponse {
  return plainAnswer(500, 'Internal Server Error');
}

/** The ARN by which policies of functions know a route: `…:ID/STAGE/METHOD/path`, with `*` for any method. */
export function routeArn({ owned, stage, match }: Visit): string {
  const [method = '', path] = match.route.RouteKey.split(' ');
  const route = path === undefined ? method : `${method === 'ANY' ? '*' : method}${path}`;
  return executeArn(owned, `${stage.StageName}/${route}`);
}

/** The ARN of a request, by which policies let callers in: with its own method and path. */
export function requestArn({ owned, stage, head, path }: Visit): string {
  return executeArn(owned, `${stage.StageName}/${head.method}${pathInStage(stage, path)}`);
}

/** The path without the stage. */
function pathInStage({ StageName }: Stage, path: string): string {
  return StageName === DEFAULT_STAGE ? path : path.slice(`/${StageName}`.length);
}

/** A stage's variables, where it has any. */
export function stageVariablesOf({ StageVariables = {} }: Stage) {
  return Object.keys(StageVariables).length === 0 ? undefined : StageVariables;
}
