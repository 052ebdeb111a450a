/** What expressions of mappings, identity sources and log formats say of a request. Pure. */
import type { Stage } from '#aws/models/apigatewayv2.types.gen.ts';
import { domainOf, requestTime } from '#aws/proxy/index.ts';
import { textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import { textOfValue, valueIn } from './json-value.ts';
import { domainPrefixOf, type Authorization, type Visit } from './visit.ts';

/** Where expressions look. */
export interface Scope {
  readonly visit: Visit;
  readonly authorization?: Authorization;
  readonly body?: Uint8Array;
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  };
  /** What is known once a request is answered, for logs: `status`, `responseLatency`. */
  readonly outcome?: Readonly<Record<string, string>>;
}

/**
 * A value that is one expression (`$request.header.x`), or a text in which `${…}` stand; `undefined` where the one
 * expression finds nothing.
 */
export function valueOf(text: string, scope: Scope): string | undefined {
  if (/^\$[A-Za-z]/.test(text)) return expressionValue(text.slice(1), scope);
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => expressionValue(name, scope) ?? '');
}

/** A URI with the stage's variables in it; `undefined` where one of them is not set. */
export function filledUri(uri: string, { StageVariables = {} }: Stage): string | undefined {
  let isWhole = true;
  const filled = uri.replaceAll(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => {
    const value = StageVariables[name];
    isWhole &&= value !== undefined;
    return value ?? '';
  });
  return isWhole ? filled : undefined;
}

function expressionValue(expression: string, scope: Scope): string | undefined {
  const [root = '', ...names] = expression.split('.');
  const name = names.join('.');
  if (root === 'stageVariables') return scope.visit.stage.StageVariables?.[name];
  if (root === 'context') return contextValue(name, scope);
  if (root === 'request') return requestValue(names, scope);
  return root === 'response' ? responseValue(names, scope) : undefined;
}

function requestValue([kind = '', ...names]: readonly string[], scope: Scope): string | undefined {
  const { head, path, match } = scope.visit;
  const name = names.join('.');
  switch (kind) {
    case 'header':
      return head.headers[name.toLowerCase()];
    case 'querystring':
      return head.query.has(name) ? head.query.getAll(name).join(',') : undefined;
    case 'path':
      return name === '' ? path : match.pathParameters?.[name];
    case 'body':
      return bodyValue(scope.body, names);
    default:
      return undefined;
  }
}

function responseValue(
  [kind = '', ...names]: readonly string[],
  { response }: Scope,
): string | undefined {
  if (kind === 'header') return response?.headers[names.join('.').toLowerCase()];
  return kind === 'body' ? bodyValue(response?.body, names) : undefined;
}

/** A whole body, or a member of its JSON. */
function bodyValue(body: Uint8Array | undefined, names: readonly string[]): string | undefined {
  if (body === undefined) return undefined;
  const text = textOf(body);
  if (names.length === 0) return text;
  const value = valueIn(parseJson(text), names);
  return value === undefined ? undefined : textOfValue(value);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
function contextValue(name: string, scope: Scope): string | undefined {
  const { visit, outcome, authorization } = scope;
  if (name.startsWith('authorizer.')) {
    return authorizerValue(name.slice('authorizer.'.length), authorization);
  }
  const { owned, head, match, stage } = visit;
  const values: Readonly<Record<string, string | undefined>> = {
    accountId: owned.accountId,
    apiId: owned.apiId,
    domainName: domainOf(head),
    domainPrefix: domainPrefixOf(visit),
    extendedRequestId: visit.requestId,
    httpMethod: head.method,
    'identity.sourceIp': head.sourceIp,
    'identity.userAgent': head.headers['user-agent'],
    'identity.caller': callerOf(authorization)?.userId,
    'identity.user': callerOf(authorization)?.userId,
    'identity.userArn': callerOf(authorization)?.arn,
    'identity.accountId': callerOf(authorization)?.accountId,
    path: visit.path,
    protocol: 'HTTP/1.1',
    requestId: visit.requestId,
    requestTime: requestTime(visit.nowMs),
    requestTimeEpoch: String(visit.nowMs),
    routeKey: match.route.RouteKey,
    stage: stage.StageName,
  };
  return outcome?.[name] ?? values[name];
}

function callerOf(authorization: Authorization | undefined) {
  return authorization?.kind === 'iam' ? authorization.caller : undefined;
}

function authorizerValue(
  name: string,
  authorization: Authorization | undefined,
): string | undefined {
  if (authorization?.kind === 'jwt') return authorization.claims[name.replace(/^claims\./, '')];
  if (authorization?.kind !== 'lambda') return undefined;
  if (name === 'principalId') return authorization.principalId;
  const value = authorization.context[name];
  return value === undefined ? undefined : textOfValue(value);
}
