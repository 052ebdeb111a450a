import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type JsonObject } from '#kernel/json.ts';
import { transformServerless } from './serverless.ts';

const CONTEXT = { accountId: '111111111111', region: 'us-east-1', parameters: new Map() };
const ARN = 'arn:aws:lambda:us-east-1:111111111111:function:auth';

function resourcesOf(Resources: JsonObject): Record<string, JsonObject> {
  const { Resources: resources } = transformServerless({ Resources }, CONTEXT);
  assert.ok(isObject(resources));
  // A template's resources are structures.
  return resources as Record<string, JsonObject>;
}

function functionOf(Type: string, events: JsonObject): JsonObject {
  const Events = Object.fromEntries(
    Object.entries(events).map(([name, Properties]) => [
      name,
      { Type, Properties: Properties ?? null },
    ]),
  );
  const base = { InlineCode: 'x', Handler: 'index.handler', Runtime: 'nodejs24.x' };
  return { Type: 'AWS::Serverless::Function', Properties: { ...base, Events } };
}

/** A member that has to be a structure. */
function within(value: JsonObject | undefined, ...names: readonly string[]): JsonObject {
  let found: unknown = value;
  for (const name of names) found = isObject(found) ? found[name] : undefined;
  assert.ok(isObject(found), names.join('.'));
  return found as JsonObject;
}

test('each method of a REST API asks what its event says, else what its API does', () => {
  const Auth = {
    DefaultAuthorizer: 'Token',
    ApiKeyRequired: true,
    AddDefaultAuthorizerToCorsPreflight: false,
    AddApiKeyRequiredToCorsPreflight: false,
    Authorizers: {
      Token: { FunctionArn: ARN, Identity: { Header: 'X-Token', ReauthorizeEvery: 0 } },
      Asked: {
        FunctionArn: ARN,
        FunctionPayloadType: 'REQUEST',
        Identity: { Headers: ['A'], QueryStrings: ['b'], Context: ['identity.sourceIp'] },
      },
    },
  };
  const RestApiId = { Ref: 'Api' };
  const event = (Path: string, own?: JsonObject): JsonObject => ({
    RestApiId,
    Path,
    Method: 'GET',
    ...(own === undefined ? {} : { Auth: own }),
  });
  const resources = resourcesOf({
    Api: {
      Type: 'AWS::Serverless::Api',
      Properties: { StageName: 'prod', Cors: "'*'", Auth },
    },
    F: functionOf('Api', {
      Usual: event('/usual'),
      Other: event('/other', { Authorizer: 'Asked', ApiKeyRequired: false }),
      Open: event('/open', { Authorizer: 'NONE', ApiKeyRequired: false }),
      Signed: event('/signed', { Authorizer: 'AWS_IAM' }),
    }),
  });
  const body = within(resources['Api'], 'Properties', 'Body');
  const asked = (path: string, method = 'get') => within(body, 'paths', path, method)['security'];
  assert.deepEqual(asked('/usual'), [{ Token: [] }, { api_key: [] }]);
  assert.deepEqual(asked('/other'), [{ Asked: [] }]);
  assert.deepEqual(asked('/open'), []);
  assert.deepEqual(asked('/signed'), [{ AWS_IAM: [] }, { api_key: [] }]);
  assert.equal(asked('/usual', 'options'), undefined);
  const schemes = within(body, 'securityDefinitions');
  const { type, identitySource } = within(schemes, 'Asked', 'x-amazon-apigateway-authorizer');
  assert.deepEqual(
    [type, identitySource],
    ['request', 'method.request.header.A, method.request.querystring.b, context.identity.sourceIp'],
  );
  assert.equal(within(schemes, 'Token')['name'], 'X-Token');
  const token = within(schemes, 'Token', 'x-amazon-apigateway-authorizer');
  assert.equal(token['authorizerResultTtlInSeconds'], 0);
  assert.ok('ApiTokenAuthorizerPermission' in resources);
});

test('a plan is one API’s, or that of all that share it', () => {
  const api = (CreateUsagePlan: string): JsonObject => ({
    Type: 'AWS::Serverless::Api',
    Properties: {
      StageName: 'prod',
      DefinitionBody: { swagger: '2.0' },
      Auth: { UsagePlan: { CreateUsagePlan } },
    },
  });
  const resources = resourcesOf({ A: api('SHARED'), B: api('SHARED'), C: api('PER_API') });
  const stagesOf = (id: string) => within(resources[id], 'Properties')['ApiStages'];
  assert.deepEqual(stagesOf('ServerlessUsagePlan'), [
    { ApiId: { Ref: 'A' }, Stage: { Ref: 'AprodStage' } },
    { ApiId: { Ref: 'B' }, Stage: { Ref: 'BprodStage' } },
  ]);
  assert.deepEqual(stagesOf('CUsagePlan'), [{ ApiId: { Ref: 'C' }, Stage: { Ref: 'CprodStage' } }]);
  assert.ok('ServerlessUsagePlanKey' in resources && 'CApiKey' in resources);
});

test('functions decide who calls an HTTP API, by signatures where it is said', () => {
  const Auth = {
    EnableIamAuthorizer: true,
    Authorizers: {
      Own: {
        FunctionArn: ARN,
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        EnableFunctionDefaultPermissions: true,
        Identity: { Headers: ['A'], StageVariables: ['b'], ReauthorizeEvery: 60 },
      },
    },
  };
  const ApiId = { Ref: 'Api' };
  const resources = resourcesOf({
    Api: { Type: 'AWS::Serverless::HttpApi', Properties: { Auth } },
    F: functionOf('HttpApi', {
      Own: { ApiId, Path: '/own', Method: 'GET', Auth: { Authorizer: 'Own' } },
      Slow: { ApiId, Path: '/slow', Method: 'GET', RouteSettings: { ThrottlingRateLimit: 1 } },
    }),
  });
  const body = within(resources['Api'], 'Properties', 'Body');
  const own = within(body, 'components', 'securitySchemes', 'Own');
  const authorizer = within(own, 'x-amazon-apigateway-authorizer');
  assert.equal(authorizer['identitySource'], '$request.header.A, $stageVariables.b');
  assert.equal(authorizer['enableSimpleResponses'], true);
  assert.ok('ApiOwnAuthorizerPermission' in resources);
  const stage = within(resources['ApiApiGatewayDefaultStage'], 'Properties');
  assert.deepEqual(stage['RouteSettings'], { 'GET /slow': { ThrottlingRateLimit: 1 } });
});

test('what cannot be done is refused', () => {
  const api = (Auth: JsonObject): JsonObject => ({
    Api: { Type: 'AWS::Serverless::Api', Properties: { StageName: 'prod', Auth } },
  });
  assert.throws(() => resourcesOf(api({ Wrong: 1 })), /does not support Auth\.Wrong/);
  assert.throws(() => resourcesOf(api({ Authorizers: { A: {} } })), /UserPoolArn or FunctionArn/);
  const Auth = { ApiKeyRequired: true };
  const Properties = { StageName: 'prod', DefinitionUri: 's3://bucket/key', Auth };
  assert.throws(
    () => resourcesOf({ Api: { Type: 'AWS::Serverless::Api', Properties } }),
    /Auth works only with OpenApi in 'DefinitionBody'/,
  );
});
