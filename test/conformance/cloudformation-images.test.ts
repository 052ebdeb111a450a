/** AWS::ECR::Repository: made, changed and deleted as its template says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeleteStackCommand, UpdateStackCommand, type Stack } from '@aws-sdk/client-cloudformation';
import {
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr';
import { startServer } from '../../examples/server.ts';
import { atRest, cloudformationOf, createStack } from './cloudformation-harness.ts';
import { ecrOf, makeImage, passwordOf, registryOf } from './ecr-harness.ts';

const RULE = { rulePriority: 1, action: { type: 'expire' } };
const LIFECYCLE = JSON.stringify({ rules: [{ ...RULE, description: 'x'.repeat(100) }] });
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
};

function templateOf(properties: object): string {
  const attribute = (name: string) => ({ Value: { 'Fn::GetAtt': ['Images', name] } });
  return JSON.stringify({
    Resources: { Images: { Type: 'AWS::ECR::Repository', Properties: properties } },
    Outputs: {
      Name: { Value: { Ref: 'Images' } },
      Arn: attribute('Arn'),
      Uri: attribute('RepositoryUri'),
    },
  });
}

function outputsOf({ Outputs = [] }: Stack): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Outputs.map((one) => [one.OutputKey ?? '', one.OutputValue]));
}

test('a repository is made with its policies, changed, and deleted with its images where that is said', async () => {
  const server = await startServer({ flags: ['--isolation', 'process'] });
  try {
    const client = cloudformationOf(server);
    const ecr = ecrOf(server);
    const StackName = 'Images';
    const first = {
      LifecyclePolicy: { LifecyclePolicyText: LIFECYCLE },
      RepositoryPolicyText: POLICY,
      ImageTagMutability: 'IMMUTABLE',
      Tags: [{ Key: 'team', Value: 'a' }],
    };
    await createStack(client, StackName, templateOf(first));
    const made = await atRest(client, StackName);
    assert.equal(made.StackStatus, 'CREATE_COMPLETE', made.StackStatusReason);
    const { Name: repositoryName = '', Arn: resourceArn, Uri } = outputsOf(made);
    assert.match(repositoryName, /^images-images-[a-z0-9]+$/);
    const { accountId, region, endpoint } = server;
    const path = `${accountId}/${region}/${repositoryName}`;
    assert.equal(Uri, `${new URL(endpoint).host}/${path}`);
    const policy = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }));
    assert.deepEqual(JSON.parse(policy.policyText ?? ''), POLICY);
    const lifecycle = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    assert.equal(lifecycle.lifecyclePolicyText, LIFECYCLE);
    await registryOf(endpoint, path, await passwordOf(ecr)).push(makeImage(), 'v1');

    const second = { ImageScanningConfiguration: { ScanOnPush: 'true' }, EmptyOnDelete: true };
    const TemplateBody = templateOf(second);
    await client.send(new UpdateStackCommand({ StackName, TemplateBody }));
    const changed = await atRest(client, StackName);
    assert.equal(changed.StackStatus, 'UPDATE_COMPLETE', changed.StackStatusReason);
    const repositoryNames = [repositoryName];
    const { repositories: [repository] = [] } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames }),
    );
    assert.equal(repository?.imageTagMutability, 'MUTABLE');
    assert.equal(repository?.imageScanningConfiguration?.scanOnPush, true);
    await assert.rejects(ecr.send(new GetRepositoryPolicyCommand({ repositoryName })), {
      name: 'RepositoryPolicyNotFoundException',
    });
    const { tags } = await ecr.send(new ListTagsForResourceCommand({ resourceArn }));
    assert.ok(tags?.every(({ Key }) => Key !== 'team'));

    const StackId = changed.StackId;
    await client.send(new DeleteStackCommand({ StackName }));
    assert.equal((await atRest(client, StackId ?? '')).StackStatus, 'DELETE_COMPLETE');
    await assert.rejects(ecr.send(new DescribeRepositoriesCommand({ repositoryNames })), {
      name: 'RepositoryNotFoundException',
    });
  } finally {
    await server.stop();
  }
});
