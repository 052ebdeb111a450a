/**
 * Who may call APIs: `Auth` of AWS::Serverless::Api and of AWS::Serverless::HttpApi as the definitions say it. Pure.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
 */
import type { Json, JsonObject } from '#kernel/json.ts';
import { isObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import {
  add,
  invalid,
  listOf,
  objectOf,
  pick,
  present,
  ref,
  sub,
  type Source,
  type Target,
} from './parts.ts';

const INVOCATIONS =
  'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__Function__}/invocations';
const AUTHORIZERS =
  'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*';
const KEY_SCHEME = 'api_key';
const IAM = 'AWS_IAM';
const SIGNED: JsonObject = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

/** The address by which API Gateway calls a function. */
export function integrationUri(target: Json): JsonObject {
  return sub(INVOCATIONS, { __Function__: target });
}

const REST_AUTH: ReadonlySet<string> = new Set([
  'AddApiKeyRequiredToCorsPreflight',
  'AddDefaultAuthorizerToCorsPreflight',
  'ApiKeyRequired',
  'Authorizers',
  'DefaultAuthorizer',
  'InvokeRole',
  'ResourcePolicy',
  'UsagePlan',
]);

/** What a REST API's definition says of its callers. */
export interface RestAuth {
  /** Of those that `Auth` describes, and of the two that need no description. */
  readonly schemes: JsonObject;
  readonly policy: JsonObject | undefined;
  /** What an operation asks; `undefined` where everybody may call it. @param own its event's `Auth` */
  securityOf(own: JsonObject, isPreflight: boolean): Json | undefined;
}

/** @throws AwsError ValidationError for what would be left out in silence */
export function restAuthOf(id: string, auth: JsonObject): RestAuth {
  const unknown = Object.keys(auth).find((name) => !REST_AUTH.has(name));
  if (unknown !== undefined) invalid(id, `Hearth does not support Auth.${unknown}.`);
  const authorizers = Object.entries(objectOf(auth['Authorizers']));
  const described = authorizers.map(([name, one]) => [name, restScheme(id, name, objectOf(one))]);
  const usual = (name: string, isPreflight: boolean): Json | undefined =>
    isPreflight && isNo(auth[`Add${name}ToCorsPreflight`]) ? undefined : auth[name];
  return {
    schemes: {
      ...Object.fromEntries(described),
      [IAM]: SIGNED,
      [KEY_SCHEME]: { type: 'apiKey', name: 'x-api-key', in: 'header' },
    },
    policy: policyOf(id, auth['ResourcePolicy']),
    securityOf(own, isPreflight) {
      const authorizer = own['Authorizer'] ?? usual('DefaultAuthorizer', isPreflight);
      const needsKey = own['ApiKeyRequired'] ?? usual('ApiKeyRequired', isPreflight);
      const isOpen = authorizer === undefined || authorizer === 'NONE';
      const name = toText(authorizer);
      const { AuthorizationScopes } = objectOf(objectOf(auth['Authorizers'])[name]);
      const scopes = own['AuthorizationScopes'] ?? AuthorizationScopes ?? [];
      const security: Json[] = [
        ...(isOpen ? [] : [{ [name]: scopes }]),
        ...(isYes(needsKey) ? [{ [KEY_SCHEME]: [] }] : []),
      ];
      return security.length === 0 ? undefined : security;
    },
  };
}

const isYes = (value: Json | undefined): boolean => value === true || value === 'true';
const isNo = (value: Json | undefined): boolean => value === false || value === 'false';

function restScheme(id: string, name: string, authorizer: JsonObject): JsonObject {
  const { UserPoolArn: pools, FunctionArn: fn, FunctionPayloadType: kind = 'TOKEN' } = authorizer;
  const identity = objectOf(authorizer['Identity']);
  const header = identity['Header'] ?? 'Authorization';
  const shared = present({
    identityValidationExpression: identity['ValidationExpression'],
    authorizerResultTtlInSeconds: identity['ReauthorizeEvery'],
  });
  if (pools !== undefined) {
    const providerARNs = listOf(pools);
    return schemeOf(header, 'cognito_user_pools', {
      type: 'cognito_user_pools',
      providerARNs,
      ...shared,
    });
  }
  if (fn === undefined) {
    invalid(id, `Authorizer ${name} must specify UserPoolArn or FunctionArn.`);
  }
  const isRequest = kind === 'REQUEST';
  const called = {
    type: isRequest ? 'request' : 'token',
    authorizerUri: integrationUri(fn),
    authorizerCredentials: authorizer['FunctionInvokeRole'],
    ...shared,
  };
  if (!isRequest) return schemeOf(header, 'custom', present(called));
  const identitySource = sourcesOf(identity, 'method.request', 'stageVariables');
  return schemeOf('Unused', 'custom', present({ ...called, identitySource }));
}

function schemeOf(name: Json, authtype: string, authorizer: JsonObject): JsonObject {
  return {
    type: 'apiKey',
    name,
    in: 'header',
    'x-amazon-apigateway-authtype': authtype,
    'x-amazon-apigateway-authorizer': authorizer,
  };
}

/** `method.request.header.X, context.y`: all of them together tell callers from one another. */
function sourcesOf(identity: JsonObject, request: string, variables: string): string | undefined {
  const of = (list: string, prefix: string): string[] =>
    listOf(identity[list]).map((one) => `${prefix}.${toText(one)}`);
  const dollar = request.startsWith('$') ? '$' : '';
  const sources = [
    ...of('Headers', `${request}.header`),
    ...of('QueryStrings', `${request}.querystring`),
    ...of('StageVariables', variables),
    ...of('Context', `${dollar}context`),
  ];
  return sources.length === 0 ? undefined : sources.join(', ');
}

const POLICY_LISTS = ['CustomStatements', 'IpRangeBlacklist', 'IpRangeWhitelist'];

function policyOf(id: string, given: Json | undefined): JsonObject | undefined {
  if (given === undefined) return undefined;
  const policy = objectOf(given);
  const unknown = Object.keys(policy).find((name) => !POLICY_LISTS.includes(name));
  if (unknown !== undefined) {
    invalid(id, `Hearth does not support Auth.ResourcePolicy.${unknown}: write CustomStatements.`);
  }
  const statement = (Effect: string, more: JsonObject = {}): JsonObject => ({
    Effect,
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: ['execute-api:/*'],
    ...more,
  });
  const ranges = (list: string, operator: string): JsonObject[] => {
    const addresses = listOf(policy[list]);
    const Condition = { [operator]: { 'aws:SourceIp': addresses } };
    return addresses.length === 0 ? [] : [statement('Allow'), statement('Deny', { Condition })];
  };
  const Statement: Json = [
    ...listOf(policy['CustomStatements']),
    ...ranges('IpRangeWhitelist', 'NotIpAddress'),
    ...ranges('IpRangeBlacklist', 'IpAddress'),
  ];
  return { Version: '2012-10-17', Statement };
}

/** API Gateway may call the functions that decide who may call an API. */
export function permitAuthorizers(
  target: Target,
  { id, properties, attributes: from }: Source,
  isPermitted: (authorizer: JsonObject) => boolean,
): void {
  const { Authorizers: authorizers } = objectOf(properties['Auth']);
  for (const [name, given] of Object.entries(objectOf(authorizers))) {
    const { FunctionArn: fn, FunctionInvokeRole: role } = objectOf(given);
    if (fn === undefined || (role !== undefined && role !== 'NONE')) continue;
    if (!isPermitted(objectOf(given))) continue;
    add(target, `${id}${name}AuthorizerPermission`, 'AWS::Lambda::Permission', {
      from,
      properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: fn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub(AUTHORIZERS, { __ApiId__: ref(id) }),
      },
    });
  }
}

/** A plan with a key, of one API or of all that share theirs. */
export function addUsagePlan(
  target: Target,
  { id, properties, attributes: from }: Source,
  stageId: string,
): void {
  const { UsagePlan: given } = objectOf(properties['Auth']);
  const plan = objectOf(given);
  const kind = toText(plan['CreateUsagePlan'] ?? 'NONE');
  if (given === undefined || kind === 'NONE') return;
  if (kind !== 'PER_API' && kind !== 'SHARED') {
    invalid(id, "'CreateUsagePlan' is required field for UsagePlan properties.");
  }
  const owner = kind === 'SHARED' ? 'Serverless' : id;
  const [planId, keyId] = [`${owner}UsagePlan`, `${owner}ApiKey`];
  const of = (known: string) => objectOf(objectOf(target.resources[known])['Properties']);
  add(target, planId, 'AWS::ApiGateway::UsagePlan', {
    from,
    properties: {
      ...pick(plan, ['Description', 'Quota', 'Throttle', 'UsagePlanName']),
      ApiStages: [...listOf(of(planId)['ApiStages']), { ApiId: ref(id), Stage: ref(stageId) }],
      Tags: plan['Tags'],
    },
  });
  const StageKeys = [
    ...listOf(of(keyId)['StageKeys']),
    { RestApiId: ref(id), StageName: ref(stageId) },
  ];
  add(target, keyId, 'AWS::ApiGateway::ApiKey', { from, properties: { Enabled: true, StageKeys } });
  add(target, `${owner}UsagePlanKey`, 'AWS::ApiGateway::UsagePlanKey', {
    from,
    properties: { KeyId: ref(keyId), KeyType: 'API_KEY', UsagePlanId: ref(planId) },
  });
}

/** Security schemes of an HTTP API. @throws AwsError ValidationError */
export function httpSchemes(id: string, auth: JsonObject): JsonObject {
  const described = Object.entries(objectOf(auth['Authorizers'])).map(([name, one]) => [
    name,
    httpScheme(id, name, objectOf(one)),
  ]);
  const iam = isYes(auth['EnableIamAuthorizer']) ? { [IAM]: SIGNED } : {};
  return { ...Object.fromEntries(described), ...iam };
}

function httpScheme(id: string, name: string, authorizer: JsonObject): JsonObject {
  const { JwtConfiguration: jwt, IdentitySource: source, FunctionArn: fn } = authorizer;
  if (jwt !== undefined) {
    return {
      type: 'oauth2',
      'x-amazon-apigateway-authorizer': {
        type: 'jwt',
        identitySource: source ?? '$request.header.Authorization',
        jwtConfiguration: jwtOf(jwt),
      },
    };
  }
  if (fn === undefined)
    invalid(id, `Authorizer ${name} must have JwtConfiguration or FunctionArn.`);
  const { AuthorizerPayloadFormatVersion: version, EnableSimpleResponses: simple } = authorizer;
  if (version === undefined) {
    invalid(id, `${name} Lambda Authorizer must define 'AuthorizerPayloadFormatVersion'.`);
  }
  const identity = objectOf(authorizer['Identity']);
  return {
    type: 'apiKey',
    name: 'Unused',
    in: 'header',
    'x-amazon-apigateway-authorizer': present({
      type: 'request',
      authorizerUri: integrationUri(fn),
      authorizerCredentials: authorizer['FunctionInvokeRole'],
      authorizerPayloadFormatVersion: version,
      authorizerResultTtlInSeconds: identity['ReauthorizeEvery'],
      enableSimpleResponses: simple === undefined ? undefined : isYes(simple),
      identitySource: sourcesOf(identity, '$request', '$stageVariables'),
    }),
  };
}

/** Templates write both cases of the members' names. */
function jwtOf(given: Json): Json {
  if (!isObject(given)) return given;
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name.toLowerCase(), one]));
}
