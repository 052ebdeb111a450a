/** AWS::S3::*. */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import type { Existing } from '../model.ts';
import { gone, hasChanged, isThere, nameBy, ownName, structuresOf } from './shared.ts';
import {
  textOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';
import { toText } from '../text.ts';

/** A configuration of a bucket: how a property is put, and how it is taken away. */
interface Configuration {
  readonly property: string;
  readonly put: string;
  /** The member of the input under which it goes. */
  readonly member: string;
  readonly delete?: string;
  readonly inputOf?: (value: JsonObject) => unknown;
  /** What is put where the template gives it up, and nothing deletes it. */
  readonly none?: Values;
}

const CONFIGURATIONS: readonly Configuration[] = [
  {
    property: 'VersioningConfiguration',
    put: 'PutBucketVersioning',
    member: 'VersioningConfiguration',
    none: { Status: 'Suspended' },
  },
  {
    property: 'BucketEncryption',
    put: 'PutBucketEncryption',
    member: 'ServerSideEncryptionConfiguration',
    delete: 'DeleteBucketEncryption',
    inputOf: ({ ServerSideEncryptionConfiguration: rules }) => ({
      Rules: structuresOf(rules).map(({ ServerSideEncryptionByDefault: by, ...rest }) => ({
        ...rest,
        ApplyServerSideEncryptionByDefault: by,
      })),
    }),
  },
  {
    property: 'PublicAccessBlockConfiguration',
    put: 'PutPublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    delete: 'DeletePublicAccessBlock',
  },
  {
    property: 'OwnershipControls',
    put: 'PutBucketOwnershipControls',
    member: 'OwnershipControls',
    delete: 'DeleteBucketOwnershipControls',
  },
  {
    property: 'CorsConfiguration',
    put: 'PutBucketCors',
    member: 'CORSConfiguration',
    delete: 'DeleteBucketCors',
    inputOf: ({ CorsRules: rules }) => ({
      CORSRules: structuresOf(rules).map((rule) => ({
        ID: rule['Id'],
        AllowedHeaders: rule['AllowedHeaders'],
        AllowedMethods: rule['AllowedMethods'],
        AllowedOrigins: rule['AllowedOrigins'],
        ExposeHeaders: rule['ExposedHeaders'],
        MaxAgeSeconds: rule['MaxAge'],
      })),
    }),
  },
  {
    property: 'LifecycleConfiguration',
    put: 'PutBucketLifecycleConfiguration',
    member: 'LifecycleConfiguration',
    delete: 'DeleteBucketLifecycle',
    inputOf: ({ Rules: rules }) => ({ Rules: structuresOf(rules).map(lifecycleRule) }),
  },
  {
    property: 'WebsiteConfiguration',
    put: 'PutBucketWebsite',
    member: 'WebsiteConfiguration',
    delete: 'DeleteBucketWebsite',
    inputOf: websiteOf,
  },
  {
    property: 'NotificationConfiguration',
    put: 'PutBucketNotificationConfiguration',
    member: 'NotificationConfiguration',
    none: {},
    inputOf: notificationOf,
  },
  {
    property: 'ObjectLockConfiguration',
    put: 'PutObjectLockConfiguration',
    member: 'ObjectLockConfiguration',
  },
];

const bucketName = nameBy('BucketName', 63, (name) => name.toLowerCase());

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
const BUCKET: ResourceType = {
  properties:
    words(`AbacStatus AccelerateConfiguration AccessControl AnalyticsConfigurations BucketEncryption BucketName
    CorsConfiguration IntelligentTieringConfigurations InventoryConfigurations LifecycleConfiguration
    LoggingConfiguration MetadataConfiguration MetadataTableConfiguration MetricsConfigurations
    NotificationConfiguration ObjectLockConfiguration ObjectLockEnabled OwnershipControls
    PublicAccessBlockConfiguration ReplicationConfiguration Tags VersioningConfiguration WebsiteConfiguration`),
  replacing: ['BucketName'],
  tags: 'list',
  unclaimed: ownName('BucketName', bucketName),
  begun: {
    property: 'BucketName',
    async find(work) {
      const Bucket = bucketName(work);
      return (await isThere(work.call('s3', 'HeadBucket', { Bucket }))) ? Bucket : undefined;
    },
  },
  async create(work) {
    const Bucket = bucketName(work);
    const { ObjectLockEnabled } = work.properties;
    // Only there a bucket of one's own is made again without a word.
    if (work.region === 'us-east-1') {
      await work.requireAbsent('BucketName', () =>
        isThere(work.call('s3', 'HeadBucket', { Bucket })),
      );
    }
    const location = work.region === 'us-east-1' ? {} : { LocationConstraint: work.region };
    await work.call('s3', 'CreateBucket', {
      Bucket,
      ...(ObjectLockEnabled === undefined ? {} : { ObjectLockEnabledForBucket: ObjectLockEnabled }),
      ...(work.region === 'us-east-1' ? {} : { CreateBucketConfiguration: location }),
    });
    await work.claim(Bucket);
    await configure(work, Bucket);
    return bucketMade(work, Bucket);
  },
  async update(work, before) {
    await configure(work, before.physicalId, before);
    return bucketMade(work, before.physicalId);
  },
  delete: (work, { physicalId: Bucket }) => gone(work.call('s3', 'DeleteBucket', { Bucket })),
};

async function configure(work: Work, Bucket: string, before?: Existing): Promise<void> {
  const isDue = (property: string): boolean =>
    before === undefined
      ? work.properties[property] !== undefined
      : hasChanged(work, before, property);
  for (const { property, put, member, delete: remove, inputOf, none } of CONFIGURATIONS) {
    if (!isDue(property)) continue;
    const value = work.properties[property];
    if (isObject(value)) {
      const given = inputOf === undefined ? value : inputOf(value);
      await work.call('s3', put, { Bucket, [member]: given });
    } else if (remove !== undefined) await work.call('s3', remove, { Bucket });
    else if (none !== undefined) await work.call('s3', put, { Bucket, [member]: none });
  }
  if (isDue('AccessControl')) {
    const acl = textOf(work.properties, 'AccessControl') ?? 'Private';
    const ACL = acl.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    // Where owners are enforced there are no lists, as on every new bucket.
    if (ACL !== 'private') await work.call('s3', 'PutBucketAcl', { Bucket, ACL });
  }
  if (!isDue('Tags')) return;
  const { Tags: tags } = work.properties;
  if (tags === undefined) await work.call('s3', 'DeleteBucketTagging', { Bucket });
  else await work.call('s3', 'PutBucketTagging', { Bucket, Tagging: { TagSet: tags } });
}

function bucketMade({ region }: Work, name: string): Made {
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    },
  };
}

function lifecycleRule(rule: JsonObject): Values {
  const { ExpirationInDays: days, ExpirationDate: date, Prefix: prefix, TagFilters: tags } = rule;
  const {
    ExpiredObjectDeleteMarker: marker,
    NoncurrentVersionExpirationInDays: noncurrentDays,
    Id,
    ObjectSizeGreaterThan,
    ObjectSizeLessThan,
  } = rule;
  const conditions = {
    ...(prefix === undefined ? {} : { Prefix: prefix }),
    ...(tags === undefined ? {} : { Tags: tags }),
    ...(ObjectSizeGreaterThan === undefined ? {} : { ObjectSizeGreaterThan }),
    ...(ObjectSizeLessThan === undefined ? {} : { ObjectSizeLessThan }),
  };
  const isPlain = Object.keys(conditions).every((name) => name === 'Prefix');
  const hasExpiration = days !== undefined || date !== undefined || marker !== undefined;
  const noncurrent = rule['NoncurrentVersionExpiration'];
  return {
    ID: Id,
    Status: rule['Status'],
    Filter: isPlain ? { Prefix: prefix ?? '' } : { And: conditions },
    ...(hasExpiration
      ? { Expiration: { Days: days, Date: date, ExpiredObjectDeleteMarker: marker } }
      : {}),
    AbortIncompleteMultipartUpload: rule['AbortIncompleteMultipartUpload'],
    NoncurrentVersionExpiration:
      noncurrentDays === undefined ? noncurrent : { NoncurrentDays: noncurrentDays },
    Transitions: transitionsOf(rule['Transitions'], 'TransitionInDays', 'Days'),
    NoncurrentVersionTransitions: transitionsOf(
      rule['NoncurrentVersionTransitions'],
      'TransitionInDays',
      'NoncurrentDays',
    ),
  };
}

function transitionsOf(list: Json | undefined, from: string, to: string) {
  if (list === undefined) return undefined;
  return structuresOf(list).map(({ [from]: days, TransitionDate: date, ...rest }) => ({
    ...rest,
    [to]: days,
    Date: date,
  }));
}

function websiteOf({ IndexDocument, ErrorDocument, ...rest }: JsonObject): Values {
  const { RoutingRules: rules, RedirectAllRequestsTo } = rest;
  return {
    ...(IndexDocument === undefined ? {} : { IndexDocument: { Suffix: IndexDocument } }),
    ...(ErrorDocument === undefined ? {} : { ErrorDocument: { Key: ErrorDocument } }),
    RedirectAllRequestsTo,
    ...(rules === undefined
      ? {}
      : {
          RoutingRules: structuresOf(rules).map(({ RoutingRuleCondition, RedirectRule }) => ({
            Condition: RoutingRuleCondition,
            Redirect: RedirectRule,
          })),
        }),
  };
}

/** One event each in templates; in S3's own words a list of them. */
function notificationOf(value: JsonObject): Values {
  const targets = (name: string, from: string, to: string) =>
    structuresOf(value[name]).map((one) => ({
      [to]: one[from],
      Events: [one['Event']],
      Filter: filterOf(one['Filter']),
    }));
  const { EventBridgeConfiguration: bridge } = value;
  const isBridged = isObject(bridge) && toText(bridge['EventBridgeEnabled'] ?? true) === 'true';
  return {
    LambdaFunctionConfigurations: targets('LambdaConfigurations', 'Function', 'LambdaFunctionArn'),
    QueueConfigurations: targets('QueueConfigurations', 'Queue', 'QueueArn'),
    TopicConfigurations: targets('TopicConfigurations', 'Topic', 'TopicArn'),
    ...(isBridged ? { EventBridgeConfiguration: {} } : {}),
  };
}

function filterOf(filter: Json | undefined): Values | undefined {
  const key = isObject(filter) ? filter['S3Key'] : undefined;
  const rules = isObject(key) ? key['Rules'] : undefined;
  return rules === undefined ? undefined : { Key: { FilterRules: rules } };
}

const BUCKET_POLICY: ResourceType = {
  properties: words('Bucket PolicyDocument'),
  required: words('Bucket PolicyDocument'),
  replacing: ['Bucket'],
  async create(work) {
    const { Bucket, PolicyDocument: Policy } = work.properties;
    await work.call('s3', 'PutBucketPolicy', { Bucket, Policy });
    return { physicalId: toText(Bucket) };
  },
  async update(work, { physicalId: Bucket }) {
    const { PolicyDocument: Policy } = work.properties;
    await work.call('s3', 'PutBucketPolicy', { Bucket, Policy });
    return { physicalId: Bucket };
  },
  delete: (work, { physicalId: Bucket }) => gone(work.call('s3', 'DeleteBucketPolicy', { Bucket })),
};

export const S3_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::S3::Bucket': BUCKET,
  'AWS::S3::BucketPolicy': BUCKET_POLICY,
};
