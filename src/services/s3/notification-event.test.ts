import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventBridgeEvent, notificationEvent, sequencerOf } from './notification-event.ts';
import { extendedRequestId, ownerPrincipalId } from './owner.ts';

const BUCKET = { name: 'pictures', accountId: '111111111111', region: 'eu-west-1' };
const CAUSE = {
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  requestId: 'C3D13FE58DE4C810',
  accountId: '111111111111',
  userId: 'AWS:AIDAEXAMPLE',
  sourceIp: '127.0.0.1',
};

// Recorded: s3_notifications_sqs.json TestS3NotificationsToSQS::test_xray_header (with the order of its members)
test('a notification is the event of S3 to the letter', () => {
  const event = {
    name: 'ObjectCreated:Put',
    key: 'a b/ü.jpg',
    size: 9,
    etag: '437b',
    sequence: 255,
  } as const;
  assert.equal(
    JSON.stringify(notificationEvent(event, BUCKET, CAUSE, 'id-1')),
    '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1",' +
      '"eventTime":"2026-01-02T03:04:05.678Z","eventName":"ObjectCreated:Put",' +
      '"userIdentity":{"principalId":"AWS:AIDAEXAMPLE"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},' +
      `"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"${extendedRequestId('C3D13FE58DE4C810')}"},` +
      '"s3":{"s3SchemaVersion":"1.0","configurationId":"id-1","bucket":{"name":"pictures",' +
      `"ownerIdentity":{"principalId":"${ownerPrincipalId('111111111111')}"},"arn":"arn:aws:s3:::pictures"},` +
      '"object":{"key":"a+b/%C3%BC.jpg","size":9,"eTag":"437b","sequencer":"0000000000000000FF"}}}]}',
  );
});

// Recorded: s3_notifications_eventbridge.json TestS3NotificationsToEventBridge::test_object_created_put
test('EventBridge receives reason, deletion type and the key as it is', () => {
  const event = { name: 'ObjectRemoved:Delete', key: 'a b', versionId: 'v1', sequence: 1 } as const;
  assert.deepEqual(JSON.parse(JSON.stringify(eventBridgeEvent(event, BUCKET, CAUSE, 'uuid'))), {
    version: '0',
    id: 'uuid',
    'detail-type': 'Object Deleted',
    source: 'aws.s3',
    account: '111111111111',
    time: '2026-01-02T03:04:05Z',
    region: 'eu-west-1',
    resources: ['arn:aws:s3:::pictures'],
    detail: {
      version: '0',
      bucket: { name: 'pictures' },
      object: { key: 'a b', 'version-id': 'v1', sequencer: '000000000000000001' },
      'request-id': 'C3D13FE58DE4C810',
      requester: '111111111111',
      'source-ip-address': '127.0.0.1',
      reason: 'DeleteObject',
      'deletion-type': 'Permanently Deleted',
    },
  });
});

test('sequencers compare as text as their numbers do', () => {
  const now = Date.UTC(2026, 0, 1) * 1000;
  assert.ok(sequencerOf(now) < sequencerOf(now + 1));
  assert.ok(sequencerOf(9) < sequencerOf(10));
  assert.ok(sequencerOf(255) < sequencerOf(256));
});

// @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html, ev-events.html
test('a restoration tells its storage class, and its end once it is done', () => {
  const archive = { storageClass: 'GLACIER', restoredUntilMs: Date.UTC(2026, 0, 4) };
  const told = (name: 'ObjectRestore:Completed' | 'ObjectRestore:Post') => {
    const event = { name, key: 'cold', size: 9, etag: '437b', archive };
    const plain = JSON.parse(JSON.stringify(notificationEvent(event, BUCKET, CAUSE, 'id-1')));
    const bridged = JSON.parse(JSON.stringify(eventBridgeEvent(event, BUCKET, CAUSE, 'uuid')));
    return { data: plain.Records[0].glacierEventData, bridged };
  };
  const post = told('ObjectRestore:Post');
  assert.equal(post.data, undefined);
  assert.equal(post.bridged['detail-type'], 'Object Restore Initiated');
  assert.equal(post.bridged.detail['source-storage-class'], 'GLACIER');
  assert.equal(post.bridged.detail['restore-expiry-time'], undefined);
  const done = told('ObjectRestore:Completed');
  assert.deepEqual(done.data, {
    restoreEventData: {
      lifecycleRestorationExpiryTime: '2026-01-04T00:00:00.000Z',
      lifecycleRestoreStorageClass: 'GLACIER',
    },
  });
  assert.equal(done.bridged['detail-type'], 'Object Restore Completed');
  assert.equal(done.bridged.detail['restore-expiry-time'], '2026-01-04T00:00:00Z');
  assert.equal(done.bridged.detail.requester, 's3.amazonaws.com');
});
