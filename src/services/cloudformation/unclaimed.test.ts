import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { AwsError } from '#aws/errors.ts';
import { MODELS } from '#aws/models/index.ts';
import { validateInput } from '#aws/validate.ts';
import { present } from '#kernel/assert.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { start } from './harness.test.ts';

/**
 * Properties; then the type, and of its service: what makes one, what lists them, under which member of the answer,
 * which member of an item is its id, and which tells its age. Without a list, names that are the template's are ids.
 */
type Case = readonly [object, string];

const LAYER = { Content: { S3Bucket: 'bucket', S3Key: 'key' }, LayerName: 'n' };
const SIGNING = { AllowedPublishers: { SigningProfileVersionArns: [] }, Description: 'd' };
const DEFINED = { Body: { openapi: '3.0.1', info: { title: 'n' }, paths: {} } };
const HTTP = { Name: 'n', ProtocolType: 'HTTP' };
const LINK = { Name: 'n', SubnetIds: ['subnet-1'] };
const LINKED = { AWSServiceName: 'autoscaling.amazonaws.com' };
const QUERY = { Name: 'n', QueryString: 'fields @message' };
const CERTIFICATES =
  'GenerateClientCertificate GetClientCertificates items clientCertificateId createdDate';
const CONFIGS =
  'CreateCodeSigningConfig ListCodeSigningConfigs CodeSigningConfigs CodeSigningConfigArn LastModified';
const MAPPINGS =
  'CreateEventSourceMapping ListEventSourceMappings EventSourceMappings UUID LastModified';
const QUERIES =
  'PutQueryDefinition DescribeQueryDefinitions queryDefinitions queryDefinitionId lastModified';
const LAYERS = 'PublishLayerVersion ListLayerVersions LayerVersions LayerVersionArn CreatedDate';
const KEYS = 'CreateAccessKey ListAccessKeys AccessKeyMetadata AccessKeyId CreateDate';

const BY_AGE: readonly Case[] = [
  [{ Name: 'n' }, 'AWS::ApiGateway::RestApi CreateRestApi GetRestApis items id createdDate'],
  [{ Name: 'n' }, 'AWS::ApiGateway::ApiKey CreateApiKey GetApiKeys items id createdDate'],
  [{ Description: 'd' }, `AWS::ApiGateway::ClientCertificate ${CERTIFICATES}`],
  [HTTP, 'AWS::ApiGatewayV2::Api CreateApi GetApis Items ApiId CreatedDate'],
  [DEFINED, 'AWS::ApiGatewayV2::Api CreateApi GetApis Items ApiId CreatedDate'],
  [LINK, 'AWS::ApiGatewayV2::VpcLink CreateVpcLink GetVpcLinks Items VpcLinkId CreatedDate'],
  [{ UserName: 'n' }, `AWS::IAM::AccessKey ${KEYS}`],
  [
    LINKED,
    'AWS::IAM::ServiceLinkedRole CreateServiceLinkedRole ListRoles Roles RoleName CreateDate',
  ],
  [SIGNING, `AWS::Lambda::CodeSigningConfig ${CONFIGS}`],
  [{ FunctionName: 'n' }, `AWS::Lambda::EventSourceMapping ${MAPPINGS}`],
  [LAYER, `AWS::Lambda::LayerVersion ${LAYERS}`],
  [QUERY, `AWS::Logs::QueryDefinition ${QUERIES}`],
];

type Item = Readonly<Record<string, unknown>>;

/** A service whose server is killed as soon as it has made the first one. */
async function service([, words]: Case) {
  const [, create = '', list = '', items = '', id = '', madeAt] = words.split(' ');
  const server = new AbortController();
  let all: Item[] = [];
  let count = 0;
  const make = (input: object, atMs: number): Item => {
    count += 1;
    const item = { [id]: `made:${count}`, ...input, [madeAt ?? '']: dateOf(madeAt, atMs) };
    all = [item, ...all]; // The newest first, so that what is somebody else's comes before.
    return item;
  };
  const clock = new SimulatedClock();
  const started = await start(
    async ({ operation, input, service: name }: OperationCall) => {
      if (operation === list) {
        const { model, operation: described } = modelOf(name, operation);
        validateInput(model, described, input);
        assert.ok(described.output.memberByName.has(items), `${list} answers ${items}`);
        return pageOf(all, items, input);
      }
      if (operation === create) {
        if (madeAt === undefined && all.length > 0) throw refusal(409, 'ConflictException');
        const item = make(input, clock.now());
        // Others look meanwhile.
        for (let turns = 0; turns < 100; turns += 1) await turn();
        if (count > 1) return { ...item, Role: item, AccessKey: item, CodeSigningConfig: item };
        server.abort(new Error('killed'));
        throw new Error('killed');
      }
      if (operation.startsWith('Delete')) {
        const given = Object.values(input);
        all = all.filter((one) => !given.includes(one[id]) && given.join(':') !== one[id]);
      }
      if (operation === 'GetEventSourceMapping') throw refusal(404, 'ResourceNotFoundException');
      return { id: 'owner', ApiId: 'owner', domainName: 'owner', Status: 'SUCCEEDED' };
    },
    { clock },
  );
  return {
    ...started,
    clock,
    make,
    killed: server.signal,
    itemsNow: () => all.map((one) => String(one[id])).sort(),
  };
}

/** One item a page, as far as the caller goes on. */
function pageOf(all: readonly Item[], items: string, input: Item): Item {
  const asked = [input['position'], input['NextToken'], input['Marker'], input['nextToken']];
  const at = Number(asked.find((one) => one !== undefined) ?? 0);
  const next = at + 1 < all.length ? String(at + 1) : undefined;
  const tokens = { position: next, NextToken: next, NextMarker: next, Marker: next };
  return { [items]: all.slice(at, at + 1), ...tokens, nextToken: next };
}

function modelOf(name: string, operation: string) {
  const model = present(
    MODELS.find((one) => one.name === name),
    name,
  );
  return { model, operation: present(model.operation(operation), operation) };
}

/** Lambda's dates are texts, IAM's whole seconds. */
function dateOf(madeAt: string | undefined, atMs: number): string | number {
  if (madeAt === 'CreateDate') return Math.floor(atMs / 1000) * 1000;
  return madeAt === 'LastModified'
    ? new Date(atMs).toISOString().replace('Z', '+0000')
    : Math.floor(atMs);
}

const refusal = (status: number, code: string) =>
  new AwsError({ code, status, message: 'It is refused.' });

const templateOf = (Type: string, Properties: object, more: object = {}) => ({
  StackName: 'stack',
  TemplateBody: JSON.stringify({ Resources: { One: { Type, Properties }, ...more } }),
  Capabilities: ['CAPABILITY_NAMED_IAM' as const],
});

for (const one of BY_AGE) {
  const [properties, words] = one;
  const [type = ''] = words.split(' ');
  const what = 'Body' in properties ? `${type} with a definition` : type;
  for (const isDeleted of [false, true]) {
    const end = isDeleted ? 'goes with its stack' : 'goes, and is made anew';
    test(`${what} that was made and not stored ${end}`, async () => {
      const { call, work, statusOf, clock, make, killed, itemsNow } = await service(one);
      const { StackId = '' } = await call('CreateStack', templateOf(type, properties));
      await clock.advance(500);
      await assert.rejects(work(StackId, killed));
      assert.deepEqual(itemsNow(), ['made:1']);
      // Younger by far: somebody else's.
      make({ name: 'n', Name: 'n', description: 'd', Description: 'd' }, clock.now() + 61_000);
      if (isDeleted) await call('DeleteStack', { StackName: 'stack' });
      await work(StackId);
      const expected = isDeleted ? 'DELETE_COMPLETE' : 'CREATE_COMPLETE';
      assert.equal(await statusOf(StackId), expected);
      assert.deepEqual(itemsNow(), isDeleted ? ['made:2'] : ['made:2', 'made:3']);
    });
  }
}

test('what another stack has, and what is older, is not taken for what was made and not stored', async () => {
  const [one] = BY_AGE;
  const { call, work, clock, make, killed, itemsNow } = await service(present(one, 'a first'));
  const { StackId = '' } = await call(
    'CreateStack',
    templateOf('AWS::ApiGateway::RestApi', { Name: 'n' }),
  );
  await assert.rejects(work(StackId, killed));
  make({ name: 'n' }, clock.now() - 1000);
  make({ name: 'other' }, clock.now());
  const other = { ...templateOf('AWS::ApiGateway::RestApi', { Name: 'n' }), StackName: 'other' };
  const { StackId: otherId = '' } = await call('CreateStack', other);
  await work(otherId);
  assert.deepEqual(itemsNow(), ['made:1', 'made:2', 'made:3', 'made:4']);
  await work(StackId);
  assert.deepEqual(itemsNow(), ['made:2', 'made:3', 'made:4', 'made:5']);
});

test('what another stack is making is not taken for what was made and not stored', async () => {
  const [one] = BY_AGE;
  const { call, work, resourcesOf, killed, itemsNow } = await service(present(one, 'a first'));
  const input = templateOf('AWS::ApiGateway::RestApi', { Name: 'n' });
  const { StackId = '' } = await call('CreateStack', input);
  await assert.rejects(work(StackId, killed));
  const { StackId: otherId = '' } = await call('CreateStack', { ...input, StackName: 'other' });
  const other = work(otherId);
  while (itemsNow().length < 2) await turn();
  await Promise.all([other, work(StackId)]);
  const rows = [...(await resourcesOf(StackId)), ...(await resourcesOf(otherId))];
  assert.deepEqual(itemsNow(), rows.map(({ current }) => current?.physicalId ?? '').sort());
});

const REST_API = { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'o' } };
const HTTP_API = {
  Type: 'AWS::ApiGatewayV2::Api',
  Properties: { Name: 'o', ProtocolType: 'HTTP' },
};
const PLAN = { Type: 'AWS::ApiGateway::UsagePlan', Properties: { UsagePlanName: 'o' } };
const DOMAIN = { Type: 'AWS::ApiGateway::DomainName', Properties: { DomainName: 'owner' } };
const PART = { Location: { Type: 'API' }, Properties: '{}' };

/** Parts, by the member that says whose they are, and what that is. */
const PARTS: readonly (readonly [string, object, readonly Case[]])[] = [
  [
    'RestApiId',
    REST_API,
    [
      [
        { ParentId: 'p', PathPart: 'x' },
        'AWS::ApiGateway::Resource CreateResource GetResources items id',
      ],
      [{ ResourceId: 'r', HttpMethod: 'GET' }, 'AWS::ApiGateway::Method PutMethod - - httpMethod'],
      [{ StageName: 's', DeploymentId: 'd' }, 'AWS::ApiGateway::Stage CreateStage - - stageName'],
      [
        { Name: 'n', Type: 'TOKEN' },
        'AWS::ApiGateway::Authorizer CreateAuthorizer GetAuthorizers items id',
      ],
      [{ Name: 'n', ContentType: 'c' }, 'AWS::ApiGateway::Model CreateModel - - name'],
      [
        PART,
        'AWS::ApiGateway::DocumentationPart CreateDocumentationPart GetDocumentationParts items id',
      ],
      [
        { DocumentationVersion: 'v' },
        'AWS::ApiGateway::DocumentationVersion CreateDocumentationVersion - - documentationVersion',
      ],
    ],
  ],
  [
    'ApiId',
    HTTP_API,
    [
      [{ RouteKey: 'GET /' }, 'AWS::ApiGatewayV2::Route CreateRoute GetRoutes Items RouteId'],
      [{ StageName: 's' }, 'AWS::ApiGatewayV2::Stage CreateStage - - StageName'],
      [{ Name: 'n', Schema: '{}' }, 'AWS::ApiGatewayV2::Model CreateModel GetModels Items ModelId'],
    ],
  ],
  [
    'DomainName',
    DOMAIN,
    [
      [{ RestApiId: 'r' }, 'AWS::ApiGateway::BasePathMapping CreateBasePathMapping - - domainName'],
      [
        { ApiId: 'a', Stage: 's' },
        'AWS::ApiGatewayV2::ApiMapping CreateApiMapping GetApiMappings Items ApiMappingId',
      ],
    ],
  ],
  [
    'UsagePlanId',
    PLAN,
    [
      [
        { KeyId: 'k', KeyType: 'API_KEY' },
        'AWS::ApiGateway::UsagePlanKey CreateUsagePlanKey - - keyId',
      ],
    ],
  ],
];

const ALL_PARTS = PARTS.flatMap(([member, Owner, cases]) =>
  cases.map((one) => ({ member, Owner, one })),
);

for (const { member, Owner, one } of ALL_PARTS) {
  const [properties, words] = one;
  const [type = ''] = words.split(' ');
  test(`${type} that was made and not stored is made anew in what the stack has`, async () => {
    const { call, work, statusOf, killed, itemsNow } = await service(one);
    const whole = { ...properties, [member]: { Ref: 'Owner' } };
    const { StackId = '' } = await call('CreateStack', templateOf(type, whole, { Owner }));
    await assert.rejects(work(StackId, killed));
    assert.equal(itemsNow().length, 1);
    await work(StackId);
    assert.equal(await statusOf(StackId), 'CREATE_COMPLETE');
    assert.equal(itemsNow().length, 1);
  });

  test(`${type} is not taken for what was made where what it stands in is no resource of the stack`, async () => {
    const { call, work, statusOf, killed, itemsNow } = await service(one);
    const whole = { ...properties, [member]: 'owner' };
    const { StackId = '' } = await call('CreateStack', templateOf(type, whole));
    await assert.rejects(work(StackId, killed));
    await work(StackId);
    assert.equal(await statusOf(StackId), 'ROLLBACK_COMPLETE');
    assert.equal(itemsNow().length, 1);
  });
}

test('what a stack has whose creation was rolled back belongs to nobody', async () => {
  const route: Case = [
    { RouteKey: 'GET /' },
    'AWS::ApiGatewayV2::Route CreateRoute GetRoutes Items RouteId',
  ];
  const { call, work, statusOf, killed, itemsNow } = await service(route);
  const properties = { RouteKey: 'GET /', ApiId: { Ref: 'Owner' } };
  const input = templateOf('AWS::ApiGatewayV2::Route', properties, { Owner: HTTP_API });
  const { StackId = '' } = await call('CreateStack', input);
  await assert.rejects(work(StackId, killed));
  const other = await call('CreateStack', { ...input, StackName: 'other' });
  await work(other.StackId ?? '');
  assert.equal(await statusOf('other'), 'ROLLBACK_COMPLETE');
  await work(StackId);
  assert.equal(await statusOf(StackId), 'CREATE_COMPLETE');
  assert.equal(itemsNow().length, 1);
});

const STAGES = { ApiStages: [{ ApiId: 'a', Stage: 's' }] };

for (const [properties, isFound] of [
  [{ UsagePlanName: 'n', ...STAGES }, true],
  [{}, true],
  [{ UsagePlanName: 'n' }, false],
] as const) {
  const what = JSON.stringify(properties);
  test(`a usage plan of ${what} that was made and not stored ${isFound ? 'goes' : 'may be anybody’s'}`, async () => {
    const type = 'AWS::ApiGateway::UsagePlan';
    const plans = `${type} CreateUsagePlan GetUsagePlans items id -`;
    const { call, work, statusOf, killed, itemsNow } = await service([properties, plans]);
    const { StackId = '' } = await call('CreateStack', templateOf(type, properties));
    await assert.rejects(work(StackId, killed));
    await work(StackId);
    assert.equal(await statusOf(StackId), 'CREATE_COMPLETE');
    assert.deepEqual(itemsNow(), isFound ? ['made:2'] : ['made:1', 'made:2']);
  });
}
