import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Asked } from '#ports/peers/access-control.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import { createDeliveryGuard } from './delivery-guard.ts';

const ROLE = 'arn:aws:iam::1:role/r';
const FUNCTION = 'arn:aws:lambda:r:1:function:f';

/** What is asked of access control, which refuses all; `undefined` where nothing is asked. */
async function askedOf(delivery: Partial<Delivery>): Promise<string | undefined> {
  let asked: Asked | undefined;
  const guard = createDeliveryGuard({
    access: {
      decide: async (one) => {
        asked = one;
        return { kind: 'not-allowed', by: 'resource-based policy' };
      },
    },
    roleOf: async (_, arn) => (arn === FUNCTION ? ROLE : undefined),
  });
  await using database = await openDatabase({ path: ':memory:' });
  const whole = {
    targetArn: 'arn:aws:sqs:r:1:q',
    sourceArn: 'arn:aws:sns:r:1:t',
    sourceService: 'sns.amazonaws.com',
    sourceAccountId: '1',
    ...delivery,
  };
  const may = await database.read((queries) => guard(whole, queries));
  assert.equal(may, asked === undefined);
  if (asked === undefined) return undefined;
  const { who, action, resource } = asked;
  const name = who.kind === 'service' ? who.source.service : who.kind === 'role' ? who.roleArn : '';
  return `${name} ${action} ${resource}`;
}

test('a service asks the target, or its role does', async () => {
  assert.equal(await askedOf({}), 'sns.amazonaws.com sqs:SendMessage arn:aws:sqs:r:1:q');
  assert.equal(await askedOf({ roleArn: ROLE }), `${ROLE} sqs:SendMessage arn:aws:sqs:r:1:q`);
  const targetArn = 'arn:aws:logs:r:1:log-group:g:*';
  const group = 'logs:PutLogEvents arn:aws:logs:r:1:log-group:g:log-stream:';
  assert.equal(await askedOf({ targetArn }), `sns.amazonaws.com ${group}`);
});

test('a function delivers with its own role', async () => {
  const own = { sourceService: 'lambda.amazonaws.com', sourceArn: FUNCTION };
  assert.equal(await askedOf(own), `${ROLE} sqs:SendMessage arn:aws:sqs:r:1:q`);
  const bucket = { ...own, targetArn: 'arn:aws:s3:::b' };
  assert.equal(await askedOf(bucket), `${ROLE} s3:PutObject arn:aws:s3:::b/*`);
});

test('functions and buses ask their own policies, of services without a role', async () => {
  assert.equal(await askedOf({ targetArn: FUNCTION }), undefined);
  assert.equal(await askedOf({ targetArn: 'arn:aws:events:r:1:event-bus/b' }), undefined);
  assert.equal(
    await askedOf({ targetArn: FUNCTION, roleArn: ROLE }),
    `${ROLE} lambda:InvokeFunction ${FUNCTION}`,
  );
  assert.equal(await askedOf({ sourceService: 'dynamodb.amazonaws.com' }), undefined);
});
