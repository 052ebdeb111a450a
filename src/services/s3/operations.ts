import type { Operations } from '#aws/models/s3.types.gen.ts';
import type { S3Core } from './core.ts';
import { abortMultipartUpload } from './operations/abort-multipart-upload.ts';
import {
  getBucketAccelerateConfiguration,
  putBucketAccelerateConfiguration,
} from './operations/bucket-accelerate.ts';
import { getBucketAcl, putBucketAcl } from './operations/bucket-acl.ts';
import {
  deleteBucketAnalyticsConfiguration,
  getBucketAnalyticsConfiguration,
  listBucketAnalyticsConfigurations,
  putBucketAnalyticsConfiguration,
} from './operations/bucket-analytics.ts';
import { deleteBucketCors, getBucketCors, putBucketCors } from './operations/bucket-cors.ts';
import {
  deleteBucketEncryption,
  getBucketEncryption,
  putBucketEncryption,
} from './operations/bucket-encryption.ts';
import {
  deleteBucketIntelligentTieringConfiguration,
  getBucketIntelligentTieringConfiguration,
  listBucketIntelligentTieringConfigurations,
  putBucketIntelligentTieringConfiguration,
} from './operations/bucket-intelligent-tiering.ts';
import {
  deleteBucketInventoryConfiguration,
  getBucketInventoryConfiguration,
  listBucketInventoryConfigurations,
  putBucketInventoryConfiguration,
} from './operations/bucket-inventory.ts';
import {
  deleteBucketLifecycle,
  getBucketLifecycleConfiguration,
  putBucketLifecycleConfiguration,
} from './operations/bucket-lifecycle.ts';
import { getBucketLogging, putBucketLogging } from './operations/bucket-logging.ts';
import {
  deleteBucketMetricsConfiguration,
  getBucketMetricsConfiguration,
  listBucketMetricsConfigurations,
  putBucketMetricsConfiguration,
} from './operations/bucket-metrics.ts';
import {
  getBucketNotificationConfiguration,
  putBucketNotificationConfiguration,
} from './operations/bucket-notification.ts';
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  putBucketOwnershipControls,
} from './operations/bucket-ownership.ts';
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from './operations/bucket-policy.ts';
import {
  deleteBucketReplication,
  getBucketReplication,
  putBucketReplication,
} from './operations/bucket-replication.ts';
import {
  getBucketRequestPayment,
  putBucketRequestPayment,
} from './operations/bucket-request-payment.ts';
import {
  deleteBucketTagging,
  getBucketTagging,
  putBucketTagging,
} from './operations/bucket-tagging.ts';
import { getBucketVersioning, putBucketVersioning } from './operations/bucket-versioning.ts';
import {
  deleteBucketWebsite,
  getBucketWebsite,
  putBucketWebsite,
} from './operations/bucket-website.ts';
import { completeMultipartUpload } from './operations/complete-multipart-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { createBucket } from './operations/create-bucket.ts';
import { createMultipartUpload } from './operations/create-multipart-upload.ts';
import { deleteBucket } from './operations/delete-bucket.ts';
import { deleteObject } from './operations/delete-object.ts';
import { deleteObjects } from './operations/delete-objects.ts';
import { getBucketLocation } from './operations/get-bucket-location.ts';
import { getObjectAttributes } from './operations/get-object-attributes.ts';
import { getObject } from './operations/get-object.ts';
import { headBucket } from './operations/head-bucket.ts';
import { headObject } from './operations/head-object.ts';
import { listBuckets } from './operations/list-buckets.ts';
import { listMultipartUploads } from './operations/list-multipart-uploads.ts';
import { listObjectVersions } from './operations/list-object-versions.ts';
import { listObjectsV2 } from './operations/list-objects-v2.ts';
import { listObjects } from './operations/list-objects.ts';
import { listParts } from './operations/list-parts.ts';
import { getObjectAcl, putObjectAcl } from './operations/object-acl.ts';
import {
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  putObjectLegalHold,
  putObjectLockConfiguration,
  putObjectRetention,
} from './operations/object-lock.ts';
import {
  deleteObjectTagging,
  getObjectTagging,
  putObjectTagging,
} from './operations/object-tagging.ts';
import {
  deletePublicAccessBlock,
  getPublicAccessBlock,
  putPublicAccessBlock,
} from './operations/public-access-block.ts';
import { putObject } from './operations/put-object.ts';
import { restoreObject } from './operations/restore-object.ts';
import { uploadPartCopy } from './operations/upload-part-copy.ts';
import { uploadPart } from './operations/upload-part.ts';

/** All that is built; what is missing is answered with 501. */
export function createOperations(core: S3Core): Partial<Operations> {
  return {
    AbortMultipartUpload: abortMultipartUpload(core),
    CompleteMultipartUpload: completeMultipartUpload(core),
    CopyObject: copyObject(core),
    CreateBucket: createBucket(core),
    CreateMultipartUpload: createMultipartUpload(core),
    DeleteBucket: deleteBucket(core),
    DeleteBucketAnalyticsConfiguration: deleteBucketAnalyticsConfiguration(core),
    DeleteBucketCors: deleteBucketCors(core),
    DeleteBucketEncryption: deleteBucketEncryption(core),
    DeleteBucketIntelligentTieringConfiguration: deleteBucketIntelligentTieringConfiguration(core),
    DeleteBucketInventoryConfiguration: deleteBucketInventoryConfiguration(core),
    DeleteBucketLifecycle: deleteBucketLifecycle(core),
    DeleteBucketMetricsConfiguration: deleteBucketMetricsConfiguration(core),
    DeleteBucketOwnershipControls: deleteBucketOwnershipControls(core),
    DeleteBucketPolicy: deleteBucketPolicy(core),
    DeleteBucketReplication: deleteBucketReplication(core),
    DeleteBucketTagging: deleteBucketTagging(core),
    DeleteBucketWebsite: deleteBucketWebsite(core),
    DeleteObject: deleteObject(core),
    DeleteObjectTagging: deleteObjectTagging(core),
    DeleteObjects: deleteObjects(core),
    DeletePublicAccessBlock: deletePublicAccessBlock(core),
    GetBucketAccelerateConfiguration: getBucketAccelerateConfiguration(core),
    GetBucketAcl: getBucketAcl(core),
    GetBucketAnalyticsConfiguration: getBucketAnalyticsConfiguration(core),
    GetBucketCors: getBucketCors(core),
    GetBucketEncryption: getBucketEncryption(core),
    GetBucketIntelligentTieringConfiguration: getBucketIntelligentTieringConfiguration(core),
    GetBucketInventoryConfiguration: getBucketInventoryConfiguration(core),
    GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration(core),
    GetBucketLocation: getBucketLocation(core),
    GetBucketLogging: getBucketLogging(core),
    GetBucketMetricsConfiguration: getBucketMetricsConfiguration(core),
    GetBucketNotificationConfiguration: getBucketNotificationConfiguration(core),
    GetBucketOwnershipControls: getBucketOwnershipControls(core),
    GetBucketPolicy: getBucketPolicy(core),
    GetBucketPolicyStatus: getBucketPolicyStatus(core),
    GetBucketReplication: getBucketReplication(core),
    GetBucketRequestPayment: getBucketRequestPayment(core),
    GetBucketTagging: getBucketTagging(core),
    GetBucketVersioning: getBucketVersioning(core),
    GetBucketWebsite: getBucketWebsite(core),
    GetObject: getObject(core),
    GetObjectAcl: getObjectAcl(core),
    GetObjectAttributes: getObjectAttributes(core),
    GetObjectLegalHold: getObjectLegalHold(core),
    GetObjectLockConfiguration: getObjectLockConfiguration(core),
    GetObjectRetention: getObjectRetention(core),
    GetObjectTagging: getObjectTagging(core),
    GetPublicAccessBlock: getPublicAccessBlock(core),
    HeadBucket: headBucket(core),
    HeadObject: headObject(core),
    ListBucketAnalyticsConfigurations: listBucketAnalyticsConfigurations(core),
    ListBucketIntelligentTieringConfigurations: listBucketIntelligentTieringConfigurations(core),
    ListBucketInventoryConfigurations: listBucketInventoryConfigurations(core),
    ListBucketMetricsConfigurations: listBucketMetricsConfigurations(core),
    ListBuckets: listBuckets(core),
    ListMultipartUploads: listMultipartUploads(core),
    ListObjectVersions: listObjectVersions(core),
    ListObjects: listObjects(core),
    ListObjectsV2: listObjectsV2(core),
    ListParts: listParts(core),
    PutBucketAccelerateConfiguration: putBucketAccelerateConfiguration(core),
    PutBucketAcl: putBucketAcl(core),
    PutBucketAnalyticsConfiguration: putBucketAnalyticsConfiguration(core),
    PutBucketCors: putBucketCors(core),
    PutBucketEncryption: putBucketEncryption(core),
    PutBucketIntelligentTieringConfiguration: putBucketIntelligentTieringConfiguration(core),
    PutBucketInventoryConfiguration: putBucketInventoryConfiguration(core),
    PutBucketLifecycleConfiguration: putBucketLifecycleConfiguration(core),
    PutBucketLogging: putBucketLogging(core),
    PutBucketMetricsConfiguration: putBucketMetricsConfiguration(core),
    PutBucketNotificationConfiguration: putBucketNotificationConfiguration(core),
    PutBucketOwnershipControls: putBucketOwnershipControls(core),
    PutBucketPolicy: putBucketPolicy(core),
    PutBucketReplication: putBucketReplication(core),
    PutBucketRequestPayment: putBucketRequestPayment(core),
    PutBucketTagging: putBucketTagging(core),
    PutBucketVersioning: putBucketVersioning(core),
    PutBucketWebsite: putBucketWebsite(core),
    PutObject: putObject(core),
    PutObjectAcl: putObjectAcl(core),
    PutObjectLegalHold: putObjectLegalHold(core),
    PutObjectLockConfiguration: putObjectLockConfiguration(core),
    PutObjectRetention: putObjectRetention(core),
    PutObjectTagging: putObjectTagging(core),
    PutPublicAccessBlock: putPublicAccessBlock(core),
    RestoreObject: restoreObject(core),
    UploadPart: uploadPart(core),
    UploadPartCopy: uploadPartCopy(core),
  };
}
