import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressOfArn, parseFunctionReference, qualifiedArn, qualifierKind } from './address.ts';

const accountId = '123456789012';
const region = 'eu-central-1';

test('reads every form of a function name', () => {
  const forms: [string, object][] = [
    ['one', { functionName: 'one' }],
    ['one:live', { functionName: 'one', qualifier: 'live' }],
    ['one:$LATEST', { functionName: 'one', qualifier: '$LATEST' }],
    ['function:one', { functionName: 'one' }],
    [`${accountId}:function:one:7`, { accountId, functionName: 'one', qualifier: '7' }],
    [`${accountId}:one`, { accountId, functionName: 'one' }],
    [`${region}:${accountId}:function:one`, { accountId, region, functionName: 'one' }],
    [
      `arn:aws:lambda:${region}:${accountId}:function:one`,
      { accountId, region, functionName: 'one' },
    ],
    [
      `arn:aws-cn:lambda:cn-north-1:${accountId}:function:one`,
      { accountId, region: 'cn-north-1', functionName: 'one' },
    ],
  ];
  for (const [text, expected] of forms)
    assert.deepEqual(parseFunctionReference(text), expected, text);
});

test('takes an ARN that ends early for a function named function, as AWS does', () => {
  // lambda_api: test_function_name_and_qualifier_validation[incomplete_arn-delete_function]
  const reference = parseFunctionReference(`arn:aws:lambda:${region}:${accountId}:function`);
  assert.equal(reference?.functionName, 'function');
});

test('refuses what names no function', () => {
  const texts = [
    '*',
    'one!',
    'one:$LATES',
    'one:1:2',
    'invalid-account:function:one',
    `arn:aws:lambda::${accountId}:function:one`,
  ];
  for (const text of texts) assert.equal(parseFunctionReference(text), undefined, text);
});

test('finds the address in a whole ARN only', () => {
  const arn = `arn:aws:lambda:${region}:${accountId}:function:one:live`;
  const address = { accountId, region, functionName: 'one', qualifier: 'live' };
  assert.deepEqual(addressOfArn(arn), address);
  assert.equal(qualifiedArn(address), arn);
  assert.equal(addressOfArn('one'), undefined);
  assert.equal(addressOfArn(`arn:aws:sqs:${region}:${accountId}:one`), undefined);
  assert.equal(addressOfArn(`arn:aws:lambda:${region}:${accountId}:layer:one:1`), undefined);
});

test('tells versions, aliases and the unpublished version apart', () => {
  assert.equal(qualifierKind('$LATEST'), 'latest');
  assert.equal(qualifierKind('12'), 'version');
  assert.equal(qualifierKind('v12'), 'alias');
});
