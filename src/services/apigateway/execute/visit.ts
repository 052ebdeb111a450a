/** One request on its way through a stage, and what templates and functions are told of it. */
import type { Integration, Method } from '#aws/models/apigateway.types.gen.ts';
import type { AuthenticatedRequest, RequestHead } from '#aws/operation.ts';
import { requestTime } from '#aws/proxy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import {
  pathOf,
  type ApiContent,
  type Place,
  type ResourceRecord,
  type StageRecord,
} from '../model.ts';

type Texts = Readonly<Record<string, string>>;

/** What is known before it is known who answers. */
export interface Arrival extends Place {
  readonly apiId: string;
  readonly stage: StageRecord;
  readonly deploymentId: string;
  readonly isCanary: boolean;
  readonly content: ApiContent;
  readonly stageVariables: Texts;
  readonly head: RequestHead;
  /** Empty until the caller is let in. */
  readonly body: Uint8Array;
  /** Behind the stage, undecoded, with one slash before it. */
  readonly path: string;
  /** As the client wrote it, with the stage or the base path. */
  readonly fullPath: string;
  /** As events tell it: without the stage, but with the base path of a name of the user's own. */
  readonly eventPath: string;
  readonly domainName: string;
  /** Its first label, or the API's id. */
  readonly domainPrefix: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly nowMs: number;
  /** `Root=1-…`: the client's, or a new one. */
  readonly traceHeader: string;
  readonly signal: AbortSignal;
  /** Who signed the request, where its method asks for signatures. */
  readonly sender?: AuthenticatedRequest;
}

/** With the method that answers. */
export interface Visit extends Arrival {
  readonly resource: ResourceRecord;
  readonly resourcePath: string;
  readonly method: Method;
  readonly pathParameters: Texts;
}

/** What is known of the caller, once that was asked for. */
export interface Caller {
  readonly principal?: Principal;
  readonly accessKey?: string;
  readonly apiKey?: { readonly id: string; readonly value: string };
  /** As an authorizer said it: its principal and its context, as texts. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

/** One turn of a request to its back end. */
export interface Turn {
  readonly visit: Visit;
  readonly caller: Caller;
  readonly integration: Integration;
  /** `$context`, which templates change. */
  readonly context: Map<string, unknown>;
}

/** What a back end answered. */
export interface Answer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Who calls, as events tell it; what is not known is null. */
function identityOf({ head }: Arrival, { principal, accessKey, apiKey }: Caller) {
  return {
    cognitoIdentityPoolId: null,
    accountId: principal?.accountId ?? null,
    cognitoIdentityId: null,
    caller: principal?.userId ?? null,
    sourceIp: head.sourceIp,
    principalOrgId: null,
    accessKey: accessKey ?? null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: principal?.arn ?? null,
    userAgent: head.headers['user-agent'] ?? null,
    user: principal?.userId ?? null,
    ...(apiKey === undefined ? {} : { apiKey: apiKey.value, apiKeyId: apiKey.id }),
  };
}

/**
 * `requestContext` of events, which is also `$context` of templates.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
 */
export function contextOf(visit: Arrival, caller: Caller): Readonly<Record<string, unknown>> {
  const { resource, resourcePath } = visit as Partial<Visit>;
  const { authorizer } = caller;
  return {
    ...(resource === undefined ? {} : { resourceId: resource.id, resourcePath }),
    ...(authorizer === undefined ? {} : { authorizer }),
    httpMethod: visit.head.method,
    extendedRequestId: visit.extendedRequestId,
    requestTime: requestTime(visit.nowMs),
    path: visit.fullPath,
    accountId: visit.accountId,
    protocol: 'HTTP/1.1',
    stage: visit.stage.stageName,
    domainPrefix: visit.domainPrefix,
    requestTimeEpoch: visit.nowMs,
    requestId: visit.requestId,
    identity: identityOf(visit, caller),
    domainName: visit.domainName,
    deploymentId: visit.deploymentId,
    apiId: visit.apiId,
  };
}

/** Finds the resource of a path that has the method; named parts go before variables, those before greedy ones. */
export function findMethod(
  { resources }: ApiContent,
  path: string,
  httpMethod: string,
): Pick<Visit, 'resource' | 'resourcePath' | 'method' | 'pathParameters'> | undefined {
  const parts = path.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  const byParent = Map.groupBy(Object.values(resources), ({ parentId }) => parentId);
  const [root] = byParent.get(undefined) ?? [];
  if (root === undefined) return undefined;
  const search = (at: ResourceRecord, index: number, found: Texts): Found | undefined => {
    if (index === parts.length) return methodOf(at, httpMethod, found);
    const part = parts[index] ?? '';
    const children = byParent.get(at.id) ?? [];
    const ranked = children.toSorted((a, b) => rankOf(a) - rankOf(b));
    for (const child of ranked) {
      const name = child.pathPart ?? '';
      if (name.endsWith('+}')) {
        const rest = parts.slice(index).map(decodePart).join('/');
        const here = methodOf(child, httpMethod, { ...found, [name.slice(1, -2)]: rest });
        if (here !== undefined) return here;
      } else if (name.startsWith('{')) {
        const value = { ...found, [name.slice(1, -1)]: decodePart(part) };
        const below = part === '' ? undefined : search(child, index + 1, value);
        if (below !== undefined) return below;
      } else if (name === decodePart(part)) {
        const below = search(child, index + 1, found);
        if (below !== undefined) return below;
      }
    }
    return undefined;
  };
  const found = search(root, 0, {});
  if (found === undefined) return undefined;
  return { ...found, resourcePath: pathOf(resources, found.resource) };
}

type Found = Pick<Visit, 'resource' | 'method' | 'pathParameters'>;

function methodOf(
  resource: ResourceRecord,
  httpMethod: string,
  pathParameters: Texts,
): Found | undefined {
  const method = resource.methods[httpMethod] ?? resource.methods['ANY'];
  return method && { resource, method, pathParameters };
}

function rankOf({ pathPart = '' }: ResourceRecord): number {
  return pathPart.endsWith('+}') ? 2 : pathPart.startsWith('{') ? 1 : 0;
}

/** A part of a path, decoded where it can be. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
