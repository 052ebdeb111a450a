/** `--auth iam`: deployed APIs, whose callers sign, and whose own policies count beside the callers'. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway';
import { PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { AwsV4Signer } from 'aws4fetch';
import {
  OTHER_ACCOUNT,
  policyOf,
  startGuarded,
  type Guarded,
  type Keys,
} from './access-harness.ts';

const INVOKE = { Action: 'execute-api:Invoke' };

describe('a deployed API with policies evaluated', { timeout: 120_000 }, () => {
  let world: Guarded;
  before(async () => {
    world = await startGuarded();
  });
  after(() => world.stop());

  /** The URL of a new API with one method, which answers with the caller's access key. */
  async function newApi(policy?: string): Promise<string> {
    const { endpoint, region, credentials } = world.server;
    const client = new APIGatewayClient({ endpoint, region, credentials, maxAttempts: 1 });
    const given = policy === undefined ? {} : { policy };
    const api = await client.send(new CreateRestApiCommand({ name: 'api', ...given }));
    const [restApiId, resourceId] = [api.id, api.rootResourceId];
    const method = { restApiId, resourceId, httpMethod: 'GET' };
    const answered = { ...method, statusCode: '200' };
    await client.send(new PutMethodCommand({ ...method, authorizationType: 'AWS_IAM' }));
    const requestTemplates = { 'application/json': '{"statusCode": 200}' };
    await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }));
    await client.send(new PutMethodResponseCommand(answered));
    const responseTemplates = { 'application/json': '$context.identity.accessKey' };
    await client.send(new PutIntegrationResponseCommand({ ...answered, responseTemplates }));
    await client.send(new CreateDeploymentCommand({ restApiId, stageName: 's' }));
    client.destroy();
    return `${endpoint}/_aws/execute-api/${restApiId}/s/`;
  }

  const sign = (url: string, keys: Keys, more: object = {}) =>
    new AwsV4Signer({ url, service: 'execute-api', region: 'us-east-1', ...keys, ...more }).sign();

  async function ask(url: string, keys: Keys, more: object = {}): Promise<string> {
    const { headers, url: signed } = await sign(url, keys, more);
    const answer = await fetch(signed, { headers });
    return `${answer.status} ${await answer.text()}`;
  }

  it('lets in whom it names, whom his own policies let in, and nobody else', async () => {
    const gil = await world.newUser('gil');
    const hal = await world.newUser('hal', policyOf(INVOKE));
    const closed = await newApi();
    assert.match(await ask(closed, gil), /^403 .*not authorized to perform: execute-api:Invoke/);
    assert.equal(await ask(closed, hal), `200 ${hal.accessKeyId}`);
    const named = { ...INVOKE, Resource: 'execute-api:/s/GET/' };
    const open = await newApi(policyOf({ ...named, Principal: { AWS: world.userArn('gil') } }));
    assert.equal(await ask(open, gil), `200 ${gil.accessKeyId}`);
    assert.equal(await ask(open, hal), `200 ${hal.accessKeyId}`);
    const Effect = 'Deny';
    const shut = await newApi(policyOf({ ...named, Principal: '*', Effect }));
    assert.match(await ask(shut, hal), /^403 /);
  });

  it('lets in another account where both sides do', async () => {
    const closed = await newApi();
    assert.match(await ask(closed, world.stranger), /^403 /);
    const named = { ...INVOKE, Resource: 'execute-api:/*', Principal: { AWS: OTHER_ACCOUNT } };
    const open = await newApi(policyOf(named));
    assert.equal(await ask(open, world.stranger), `200 ${world.stranger.accessKeyId}`);
    const { iam } = world.of();
    const mine = await world.newUser('ivy');
    assert.match(await ask(open, mine), /^403 /);
    const PolicyDocument = policyOf(INVOKE);
    await iam.send(new PutUserPolicyCommand({ UserName: 'ivy', PolicyName: 'p', PolicyDocument }));
    assert.equal(await ask(open, mine), `200 ${mine.accessKeyId}`);
  });

  it('knows a caller by the key that signed, in a URL too, and for its own service and Region alone', async () => {
    const url = await newApi();
    const { credentials } = world.server;
    const key = credentials.accessKeyId;
    assert.equal(await ask(url, credentials, { signQuery: true }), `200 ${key}`);
    const { headers } = await sign(url, credentials);
    const forged = `AWS4-HMAC-SHA256 Credential=AKIASOMEBODYELSE0000/x, ${headers.get('authorization')?.slice(17)}`;
    headers.set('authorization', forged);
    const answer = await fetch(url, { headers });
    assert.doesNotMatch(await answer.text(), /SOMEBODYELSE/);
    const wrong = await ask(url, credentials, { service: 'lambda', region: 'eu-west-1' });
    assert.equal(
      wrong,
      '403 {"message":"Credential should be scoped to a valid region. ' +
        "Credential should be scoped to correct service: 'execute-api'. \"}",
    );
  });
});
