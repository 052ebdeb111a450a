import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHarness } from './harness.test.ts';

const DISTRIBUTION = 'arn:aws:cloudfront::111111111111:distribution/E1';

test('a source and a destination are joined by a delivery, as test_get_delivery recorded', async () => {
  await using world = await openHarness();
  const { call } = world;
  const source = { name: 's', resourceArn: DISTRIBUTION, logType: 'ACCESS_LOGS' };
  const { deliverySource } = await call('PutDeliverySource', source);
  assert.equal(deliverySource?.service, 'cloudfront');
  const target = { destinationResourceArn: 'arn:aws:s3:::b' };
  const put = { name: 'd', deliveryDestinationConfiguration: target };
  const { deliveryDestination } = await call('PutDeliveryDestination', put);
  const arn = 'arn:aws:logs:us-east-1:111111111111:delivery-destination:d';
  assert.deepEqual(deliveryDestination, { ...put, arn, deliveryDestinationType: 'S3' });
  const join = { deliverySourceName: 's', deliveryDestinationArn: arn };
  const { delivery } = await call('CreateDelivery', join);
  assert.deepEqual(delivery?.s3DeliveryConfiguration, {
    suffixPath: 'AWSLogs/{account-id}/CloudFront/',
    enableHiveCompatiblePath: false,
  });
  assert.equal(delivery?.recordFields?.length, 33);
  const conflict = { code: 'ConflictException' };
  await assert.rejects(call('CreateDelivery', join), conflict);
  await assert.rejects(call('DeleteDeliverySource', { name: 's' }), conflict);
  await assert.rejects(call('DeleteDeliveryDestination', { name: 'd' }), conflict);
  const id = delivery?.id ?? '';
  await call('UpdateDeliveryConfiguration', { id, fieldDelimiter: ',' });
  assert.equal((await call('GetDelivery', { id })).delivery?.fieldDelimiter, ',');
  await call('DeleteDelivery', { id });
  await call('DeleteDeliverySource', { name: 's' });
  await call('DeleteDeliveryDestination', { name: 'd' });
  assert.deepEqual(await call('DescribeDeliveries', {}), { deliveries: [] });
});

test('what is not there is told in the words that were recorded', async () => {
  await using world = await openHarness();
  const { call } = world;
  const missing = (what: string) => ({
    code: 'ResourceNotFoundException',
    message: `Requested ${what} does not exist in this account.`,
  });
  await assert.rejects(call('GetDelivery', { id: 'no' }), missing('Delivery'));
  await assert.rejects(call('GetDeliverySource', { name: 'no' }), missing('Delivery Source'));
  const destination = missing('Delivery Destination');
  await assert.rejects(call('GetDeliveryDestination', { name: 'no' }), destination);
  await assert.rejects(
    call('DeleteDeliveryDestinationPolicy', { deliveryDestinationName: 'no' }),
    destination,
  );
});

test('a destination has one policy', async () => {
  await using world = await openHarness();
  const { call } = world;
  const target = { destinationResourceArn: 'arn:aws:logs:us-east-1:111111111111:log-group:g' };
  await call('PutDeliveryDestination', { name: 'd', deliveryDestinationConfiguration: target });
  const named = { deliveryDestinationName: 'd' };
  const put = (deliveryDestinationPolicy: string) =>
    call('PutDeliveryDestinationPolicy', { ...named, deliveryDestinationPolicy });
  assert.deepEqual(await put('{}'), { policy: { deliveryDestinationPolicy: '{}' } });
  await assert.rejects(put('no'), { code: 'InvalidParameterException' });
  await call('DeleteDeliveryDestinationPolicy', named);
  assert.deepEqual(await call('GetDeliveryDestinationPolicy', named), { policy: {} });
});
