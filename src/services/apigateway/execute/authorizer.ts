/** Functions that decide about requests: asked with a token or with the whole request, and remembered for a while. */
import { requestKeys } from '#aws/access/index.ts';
import type { AuthorizerAnswers } from '#aws/execute-api/index.ts';
import { ANONYMOUS } from '#aws/operation.ts';
import type { Authorizer } from '#aws/models/apigateway.types.gen.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { AUTHORIZER_CACHE_SECONDS_DEFAULT, INTEGRATION_TIMEOUT_MS_MAX } from '../limits.ts';
import { formatArn } from '#kernel/arn.ts';
import { compilePattern } from '#aws/patterns.ts';
import {
  callFunction,
  errorMessageOf,
  functionArnOf,
  type FunctionAnswer,
} from './call-function.ts';
import { GatewayFailure } from './failure.ts';
import { mapped, withStageVariables } from './mapping.ts';
import { decideByAuthorizer } from './policy.ts';
import { requestParts } from './proxy-event.ts';
import { contextMap } from './template-scope.ts';
import type { Caller, Visit } from './visit.ts';

/** What an authorizer said. */
export interface Said {
  readonly principalId: string;
  readonly policyDocument: unknown;
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
}

export interface AskedMethod {
  readonly visit: Visit;
  readonly methodArn: string;
}

/**
 * The caller, as the method's authorizer knows him.
 * @throws GatewayFailure where he is unknown, may not, or nothing was said of him
 */
export async function askAuthorizer(
  dependencies: ApiGatewayDependencies,
  answers: AuthorizerAnswers<Said>,
  asked: AskedMethod,
): Promise<Caller> {
  const { visit, methodArn } = asked;
  const authorizer = visit.content.authorizers[visit.method.authorizerId ?? ''];
  if (authorizer === undefined) throw badConfiguration();
  const identity = identityOf(visit, authorizer);
  const question = {
    apiId: visit.apiId,
    stageName: visit.stage.stageName,
    authorizerId: authorizer.id,
    identity,
    ttlSeconds: authorizer.authorizerResultTtlInSeconds ?? AUTHORIZER_CACHE_SECONDS_DEFAULT,
  };
  const said = await answers.find(question, () => {
    const event = eventOf(asked, authorizer, identity);
    return ask(dependencies, authorizer, visit, event);
  });
  const { head: http, region } = visit;
  const about = { principal: ANONYMOUS, http, region, nowMs: dependencies.clock.now() };
  const verdict = decideByAuthorizer(said.policyDocument, methodArn, requestKeys(about));
  if (verdict === 'allowed') return callerOf(said);
  const text = 'User is not authorized to access this resource';
  const why = verdict === 'denied' ? `${text} with an explicit deny` : text;
  throw new GatewayFailure('ACCESS_DENIED', why);
}

function callerOf({ principalId, context, usageIdentifierKey }: Said): Caller {
  return {
    authorizer: { ...context, principalId, integrationLatency: 0 },
    ...(usageIdentifierKey === undefined ? {} : { apiKey: { id: '', value: usageIdentifierKey } }),
  };
}

function unauthorized(): GatewayFailure {
  return new GatewayFailure('UNAUTHORIZED', 'Unauthorized');
}

function badConfiguration(): GatewayFailure {
  return new GatewayFailure('AUTHORIZER_CONFIGURATION_ERROR', null);
}

/**
 * What the caller shows: without it nobody is asked.
 * @throws GatewayFailure
 */
function identityOf(visit: Visit, authorizer: Authorizer): readonly string[] {
  const { identitySource = '', identityValidationExpression: pattern } = authorizer;
  const sources = identitySource
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const context = contextMap(visit, {});
  const values = sources.map((source) => mapped(source, { visit, context }));
  const identity = values.filter((value) => value !== undefined && value !== '');
  const isKept = authorizer.authorizerResultTtlInSeconds !== 0;
  const isNeeded = authorizer.type === 'TOKEN' || isKept;
  if (isNeeded && identity.length < sources.length) throw unauthorized();
  const [token = ''] = identity;
  if (pattern !== undefined && pattern !== '' && !matches(pattern, token)) throw unauthorized();
  return identity.filter((value) => value !== undefined);
}

/** @throws GatewayFailure where the pattern is none */
function matches(pattern: string, token: string): boolean {
  const compiled = compilePattern(pattern);
  if (compiled === undefined) throw badConfiguration();
  return compiled.finds(token);
}

async function ask(
  dependencies: ApiGatewayDependencies,
  authorizer: Authorizer,
  visit: Visit,
  event: object,
): Promise<Said> {
  const functionArn = functionArnOf(withStageVariables(authorizer.authorizerUri ?? '', visit));
  if (functionArn === undefined) throw badConfiguration();
  const { accountId, region, apiId } = visit;
  const resource = `${apiId}/authorizers/${authorizer.id ?? ''}`;
  const roleArn = authorizer.authorizerCredentials;
  const answer = await callFunction(dependencies, visit, {
    functionArn,
    sourceArn: formatArn('execute-api', region, accountId, resource),
    ...(roleArn === undefined ? {} : { roleArn }),
    payload: utf8(JSON.stringify(event)),
    timeoutMs: INTEGRATION_TIMEOUT_MS_MAX,
  }).catch((error: unknown) => {
    if (error instanceof GatewayFailure) throw badConfiguration();
    throw error;
  });
  return saidBy(answer);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html */
function eventOf(
  { visit, methodArn }: AskedMethod,
  authorizer: Authorizer,
  [token = '']: readonly string[],
): object {
  if (authorizer.type === 'REQUEST') {
    return { type: 'REQUEST', methodArn, ...requestParts(visit, {}) };
  }
  return { type: 'TOKEN', methodArn, authorizationToken: token };
}

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 * @throws GatewayFailure
 */
function saidBy(answer: FunctionAnswer): Said {
  if (answer.isError) {
    // The one word by which a function refuses without a policy.
    if (errorMessageOf(answer) === 'Unauthorized') throw unauthorized();
    throw new GatewayFailure('AUTHORIZER_FAILURE', null);
  }
  const value = parseJson(textOf(answer.payload));
  if (!isObject(value)) throw badConfiguration();
  const { principalId, policyDocument, context = {}, usageIdentifierKey } = value;
  const isWhole = typeof principalId === 'string' && isObject(policyDocument) && isObject(context);
  if (!isWhole) throw badConfiguration();
  const members = Object.entries(context);
  if (members.some(([, member]) => typeof member === 'object' && member !== null)) {
    throw badConfiguration();
  }
  return {
    principalId,
    policyDocument,
    context: Object.fromEntries(members.map(([name, member]) => [name, String(member)])),
    ...(typeof usageIdentifierKey === 'string' ? { usageIdentifierKey } : {}),
  };
}
