import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { AwsError } from '#aws/errors.ts';
import { MODELS } from '#aws/models/index.ts';
import { present } from '#kernel/assert.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { start } from './harness.test.ts';

const KEYS = { KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }] };
const TABLE = { ...KEYS, TableName: 'mine' };
const GLOBAL = { ...TABLE, AttributeDefinitions: [], Replicas: [{ Region: 'us-east-1' }] };
const ROLE = { RoleName: 'mine', AssumeRolePolicyDocument: {} };
const FUNCTION = { FunctionName: 'mine', Role: 'r', Code: { S3Bucket: 'b', S3Key: 'k' } };

/** Type and properties, and of its service: what makes one, what tells of it in which member, and its age there. */
const CASES = [
  [ROLE, 'AWS::IAM::Role CreateRole GetRole Role CreateDate'],
  [{ UserName: 'mine' }, 'AWS::IAM::User CreateUser GetUser User CreateDate'],
  [{ GroupName: 'mine' }, 'AWS::IAM::Group CreateGroup GetGroup Group CreateDate'],
  [
    { InstanceProfileName: 'mine', Roles: [] },
    'AWS::IAM::InstanceProfile CreateInstanceProfile GetInstanceProfile InstanceProfile CreateDate',
  ],
  [FUNCTION, 'AWS::Lambda::Function CreateFunction GetFunction Configuration LastModified'],
  [TABLE, 'AWS::DynamoDB::Table CreateTable DescribeTable Table CreationDateTime'],
  [GLOBAL, 'AWS::DynamoDB::GlobalTable CreateTable DescribeTable Table CreationDateTime'],
  [
    { Name: 'mine' },
    'AWS::Kinesis::Stream CreateStream DescribeStreamSummary StreamDescriptionSummary StreamCreationTimestamp',
  ],
] as const;

const refusal = (code: string) => new AwsError({ code, status: 400, message: 'It is refused.' });

for (const [Properties, words] of CASES) {
  const [Type = '', create, look = '', member = '', madeAt = ''] = words.split(' ');
  for (const isOurs of [true, false]) {
    const what = isOurs ? 'is made anew' : 'is somebody else’s where it is older, and stays';
    test(`${Type} under a name of the template's that was made and not stored ${what}`, async () => {
      const server = new AbortController();
      const clock = new SimulatedClock();
      let madeAtMs: number | undefined = isOurs ? undefined : clock.now() - 5000;
      let creations = 0;
      const { call, work, statusOf } = await start(
        ({ operation, service: name }: OperationCall) => {
          if (operation.startsWith('Delete')) madeAtMs = undefined;
          if (operation === create && !isOurs && !server.signal.aborted) {
            server.abort(new Error('killed'));
            throw new Error('killed');
          }
          if (operation === create && madeAtMs !== undefined) throw refusal('EntityAlreadyExists');
          if (operation === create) {
            madeAtMs = clock.now();
            creations += 1;
            if (creations === 1 && isOurs) {
              server.abort(new Error('killed'));
              throw new Error('killed');
            }
          }
          if (operation !== look) return {};
          if (madeAtMs === undefined) throw refusal('NoSuchEntity');
          const model = MODELS.find((one) => one.name === name)?.operation(look);
          assert.ok(present(model, look).output.memberByName.has(member));
          const states = { State: 'Active', TableStatus: 'ACTIVE', StreamStatus: 'ACTIVE' };
          return { [member]: { ...states, [madeAt]: madeAtMs } };
        },
        { clock },
      );
      const { StackId = '' } = await call('CreateStack', {
        StackName: 'stack',
        TemplateBody: JSON.stringify({ Resources: { One: { Type, Properties } } }),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      });
      await assert.rejects(work(StackId, server.signal));
      await work(StackId);
      assert.equal(await statusOf(StackId), isOurs ? 'CREATE_COMPLETE' : 'ROLLBACK_COMPLETE');
      assert.notEqual(madeAtMs, undefined);
      assert.equal(creations, isOurs ? 2 : 0);
    });
  }
}
