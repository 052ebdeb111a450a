/** rpcv2Cbor, through AWS's client for CloudWatch; JSON and query beside it, as older clients speak. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  InvalidParameterValueException,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { modelledError } from '#aws/error-model.ts';
import { cloudwatch } from '#aws/models/cloudwatch.gen.ts';
import { clientSettings, disposable, listen, type Loopback, type Received } from './loopback.ts';

/** The client prefers JSON; newer ones of other languages do not. */
const cborSettings = (loopback: Loopback) => ({
  ...clientSettings(loopback),
  protocol: SmithyRpcV2CborProtocol,
});

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 250);

test('metrics go in and statistics come back', async () => {
  const received: Received[] = [];
  await using loopback = await listen('cloudwatch', (call) => {
    received.push(call);
    if (call.operation === 'PutMetricData') return {};
    return {
      Label: 'm',
      Datapoints: [{ Timestamp: at, Sum: 42, SampleCount: 6.5, Unit: 'Count' }],
    };
  });
  using client = disposable(new CloudWatchClient(cborSettings(loopback)));
  const datum = { MetricName: 'm', Timestamp: new Date(at), Values: [1, 2.5], Counts: [1, 2] };
  await client.send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [datum] }));
  const output = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'n',
      MetricName: 'm',
      StartTime: new Date(at),
      EndTime: new Date(at + 60_000),
      Period: 60,
    }),
  );
  assert.deepEqual(received[0], {
    operation: 'PutMetricData',
    protocol: 'rpcv2Cbor',
    input: { Namespace: 'n', MetricData: [{ ...datum, Timestamp: at }] },
  });
  assert.equal(received[1]?.input['StartTime'], at);
  assert.equal(output.Datapoints?.[0]?.Timestamp?.getTime(), at);
  assert.equal(output.Datapoints?.[0]?.Sum, 42);
  assert.equal(output.Datapoints?.[0]?.SampleCount, 6.5);
});

test("errors are of the client's classes", async () => {
  await using loopback = await listen('cloudwatch', () => {
    throw modelledError(cloudwatch, 'InvalidParameterValueException', 'no');
  });
  using client = disposable(new CloudWatchClient(cborSettings(loopback)));
  const send = client.send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [] }));
  await assert.rejects(send, (error) => {
    assert.ok(error instanceof InvalidParameterValueException);
    assert.equal(error.message, 'no');
    return true;
  });
});

test('the same service answers JSON and query', async () => {
  await using loopback = await listen('cloudwatch', ({ protocol }) => ({ Label: protocol }));
  const times = { StartTime: at / 1000, EndTime: at / 1000 + 60, Period: 60 };
  const json = await fetch(loopback.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricStatistics' },
    body: JSON.stringify({ Namespace: 'n', MetricName: 'm', ...times }),
  });
  assert.deepEqual(await json.json(), { Label: 'awsJson1_0' });
  const query = await fetch(loopback.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body:
      'Action=GetMetricStatistics&Namespace=n&MetricName=m&Period=60&StartTime=2026-01-02T03:04:05Z' +
      '&EndTime=2026-01-02T03:05:05Z&Statistics.member.1=Sum',
  });
  assert.match(await query.text(), /<Label>awsQuery<\/Label>/);
});

test('an error that a constraint gives is named as recorded, in each protocol', async () => {
  // TestCloudWatchMultiProtocol::test_exception_serializing_with_no_shape_in_spec
  await using loopback = await listen('cloudwatch', () => ({}));
  const response = await fetch(loopback.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'GraniteServiceVersion20100801.SetAlarmState' },
    body: JSON.stringify({ AlarmName: 'a', StateValue: 'INVALID', StateReason: 'r' }),
  });
  assert.equal(response.headers.get('x-amzn-query-error'), 'ValidationError;Sender');
  assert.deepEqual(await response.json(), {
    __type: 'com.amazon.coral.validate#ValidationException',
    message:
      "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: " +
      'Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]',
  });
});
