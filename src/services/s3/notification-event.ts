import type { RequestContext } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import type { Json } from '#kernel/json.ts';
import { extendedRequestId, ownerPrincipalId } from './owner.ts';
import { urlEncodeKey } from './url-encoding.ts';

/** The bucket as events show it. */
export interface EventBucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
}

/** Who did it and by which request. */
export interface EventCause {
  readonly atMs: number;
  readonly requestId: string;
  readonly accountId: string;
  readonly userId: string;
  readonly sourceIp: string;
  readonly traceHeader?: string;
}

/** What happened to an object. Names as in a notification's configuration, without `s3:`. */
export interface ObjectEvent {
  readonly name: EventName;
  readonly key: string;
  readonly size?: number;
  readonly etag?: string;
  /** Absent in a bucket that was never versioned, and for the null version. */
  readonly versionId?: string;
  /** Grows with each change of a key; absent for tags and ACLs. */
  readonly sequence?: number;
  /** Of an archived object that is restored. */
  readonly archive?: { readonly storageClass: string; readonly restoredUntilMs: number };
}

/** What the engine raises. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
export type EventName = keyof typeof EVENTS;

interface EventKind {
  readonly version: '2.1' | '2.3';
  readonly detailType: string;
  /** EventBridge's `reason`. */
  readonly reason?: string;
  readonly deletionType?: 'Permanently Deleted' | 'Delete Marker Created';
}

const EVENTS = {
  'ObjectCreated:Put': { version: '2.1', detailType: 'Object Created', reason: 'PutObject' },
  'ObjectCreated:Post': { version: '2.1', detailType: 'Object Created', reason: 'POST Object' },
  'ObjectCreated:Copy': { version: '2.1', detailType: 'Object Created', reason: 'CopyObject' },
  'ObjectCreated:CompleteMultipartUpload': {
    version: '2.1',
    detailType: 'Object Created',
    reason: 'CompleteMultipartUpload',
  },
  'ObjectRemoved:Delete': {
    version: '2.1',
    detailType: 'Object Deleted',
    reason: 'DeleteObject',
    deletionType: 'Permanently Deleted',
  },
  'ObjectRemoved:DeleteMarkerCreated': {
    version: '2.1',
    detailType: 'Object Deleted',
    reason: 'DeleteObject',
    deletionType: 'Delete Marker Created',
  },
  'LifecycleExpiration:Delete': {
    version: '2.3',
    detailType: 'Object Deleted',
    reason: 'Lifecycle Expiration',
    deletionType: 'Permanently Deleted',
  },
  'LifecycleExpiration:DeleteMarkerCreated': {
    version: '2.3',
    detailType: 'Object Deleted',
    reason: 'Lifecycle Expiration',
    deletionType: 'Delete Marker Created',
  },
  'ObjectRestore:Post': { version: '2.1', detailType: 'Object Restore Initiated' },
  'ObjectRestore:Completed': { version: '2.1', detailType: 'Object Restore Completed' },
  'ObjectTagging:Put': { version: '2.3', detailType: 'Object Tags Added' },
  'ObjectTagging:Delete': { version: '2.3', detailType: 'Object Tags Deleted' },
  'ObjectAcl:Put': { version: '2.3', detailType: 'Object ACL Updated' },
} as const satisfies Readonly<Record<string, EventKind>>;

/** The cause of an event that a request raises. */
export function causeOf(context: RequestContext, atMs: number): EventCause {
  const traceHeader = context.http.headers['x-amzn-trace-id'];
  return {
    atMs,
    requestId: context.requestId,
    accountId: context.principal.accountId,
    userId: `AWS:${context.principal.userId}`,
    sourceIp: context.http.sourceIp,
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
}

/** `arn:aws:s3:::BUCKET`. */
export function bucketArn(bucket: string): string {
  return formatArn('s3', '', '', bucket);
}

/** 18 hexadecimal digits, which compare as text as the sequence does. */
export function sequencerOf(sequence: number): string {
  return sequence.toString(16).toUpperCase().padStart(18, '0');
}

/**
 * The event as Lambda, SQS and SNS receive it, with its members in S3's order.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * Recorded: s3_notifications_sqs.json
 */
export function notificationEvent(
  event: ObjectEvent,
  bucket: EventBucket,
  cause: EventCause,
  configurationId: string,
): Json {
  const record = {
    eventVersion: EVENTS[event.name].version,
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: new Date(cause.atMs).toISOString(),
    eventName: event.name,
    userIdentity: { principalId: cause.userId },
    requestParameters: { sourceIPAddress: cause.sourceIp },
    responseElements: {
      'x-amz-request-id': cause.requestId,
      'x-amz-id-2': extendedRequestId(cause.requestId),
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: ownerPrincipalId(bucket.accountId) },
        arn: bucketArn(bucket.name),
      },
      object: {
        key: urlEncodeKey(event.key),
        size: event.size,
        eTag: event.etag,
        versionId: event.versionId,
        sequencer: event.sequence === undefined ? undefined : sequencerOf(event.sequence),
      },
    },
    ...glacierData(event),
  };
  return { Records: [record] };
}

/** Only a restoration that is done tells these. */
function glacierData({ name, archive }: ObjectEvent): { readonly glacierEventData?: Json } {
  if (name !== 'ObjectRestore:Completed' || archive === undefined) return {};
  return {
    glacierEventData: {
      restoreEventData: {
        lifecycleRestorationExpiryTime: new Date(archive.restoredUntilMs).toISOString(),
        lifecycleRestoreStorageClass: archive.storageClass,
      },
    },
  };
}

/**
 * The event as EventBridge receives it; its key is not encoded.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * Recorded: s3_notifications_eventbridge.json
 */
export function eventBridgeEvent(
  event: ObjectEvent,
  bucket: EventBucket,
  cause: EventCause,
  id: string,
): Json {
  const kind: EventKind = EVENTS[event.name];
  const { archive, name } = event;
  const isOwn = name.startsWith('LifecycleExpiration:') || name === 'ObjectRestore:Completed';
  return {
    version: '0',
    id,
    'detail-type': kind.detailType,
    source: 'aws.s3',
    account: bucket.accountId,
    time: secondsOf(cause.atMs),
    region: bucket.region,
    resources: [bucketArn(bucket.name)],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: {
        key: event.key,
        size: event.size,
        etag: event.etag,
        'version-id': event.versionId,
        sequencer: event.sequence === undefined ? undefined : sequencerOf(event.sequence),
      },
      'request-id': cause.requestId,
      requester: isOwn ? 's3.amazonaws.com' : cause.accountId,
      'source-ip-address': isOwn ? undefined : cause.sourceIp,
      reason: kind.reason,
      'deletion-type': kind.deletionType,
      'restore-expiry-time':
        archive === undefined || !isOwn ? undefined : secondsOf(archive.restoredUntilMs),
      'source-storage-class': archive?.storageClass,
    },
  };
}

/** A time without its milliseconds. */
function secondsOf(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** What SQS and SNS receive when a configuration begins to name them. */
export function testEvent(bucket: string, requestId: string, atMs: number): Json {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(atMs).toISOString(),
    Bucket: bucket,
    RequestId: requestId,
    HostId: extendedRequestId(requestId),
  };
}
