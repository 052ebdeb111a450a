/**
 * What AWS's descriptions no longer say: SQS's query names, from when it had no other protocol,
 * and the names of S3's XML documents.
 */

export interface Overlay {
  /** Protocols spoken beside the described ones. */
  readonly protocols?: readonly string[];
  readonly xmlNamespace?: string;
  /** By shape: the query protocol's name for a list's or a map's members, and a map's entry names. */
  readonly queryNames?: Readonly<Record<string, readonly [string, string?, string?]>>;
  /** By exception, described or not: its code in the query protocol, and the HTTP status. */
  readonly queryErrors?: Readonly<Record<string, readonly [string, number]>>;
  /** By string shape: the pattern that AWS was recorded to name instead of the described one. */
  readonly patterns?: Readonly<Record<string, string>>;
  /** Before the `#` of an error's `__type`. */
  readonly errorNamespace?: string;
  /** True where XML errors hold an empty `<Detail/>`. */
  readonly hasErrorDetail?: boolean;
  /** By output shape: the name of the XML document's root. */
  readonly xmlRoots?: Readonly<Record<string, string>>;
  /** Output shapes whose only member is the root element itself. */
  readonly unwrapped?: readonly string[];
}

const SQS_ERROR = 'AWS.SimpleQueueService';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (its query examples) */
const SQS: Overlay = {
  protocols: ['query'],
  errorNamespace: 'com.amazonaws.sqs',
  hasErrorDetail: true,
  xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
  queryNames: {
    AWSAccountIdList: ['AWSAccountId'],
    ActionNameList: ['ActionName'],
    AttributeNameList: ['AttributeName'],
    MessageAttributeNameList: ['MessageAttributeName'],
    MessageSystemAttributeList: ['MessageSystemAttributeName'],
    QueueUrlList: ['QueueUrl'],
    TagKeyList: ['TagKey'],
    StringList: ['StringListValue'],
    BinaryList: ['BinaryListValue'],
    MessageList: ['Message'],
    ListMessageMoveTasksResultEntryList: ['ListMessageMoveTasksResultEntry'],
    SendMessageBatchRequestEntryList: ['SendMessageBatchRequestEntry'],
    DeleteMessageBatchRequestEntryList: ['DeleteMessageBatchRequestEntry'],
    ChangeMessageVisibilityBatchRequestEntryList: ['ChangeMessageVisibilityBatchRequestEntry'],
    SendMessageBatchResultEntryList: ['SendMessageBatchResultEntry'],
    DeleteMessageBatchResultEntryList: ['DeleteMessageBatchResultEntry'],
    ChangeMessageVisibilityBatchResultEntryList: ['ChangeMessageVisibilityBatchResultEntry'],
    BatchResultErrorEntryList: ['BatchResultErrorEntry'],
    QueueAttributeMap: ['Attribute', 'Name', 'Value'],
    MessageSystemAttributeMap: ['Attribute', 'Name', 'Value'],
    MessageBodyAttributeMap: ['MessageAttribute', 'Name', 'Value'],
    MessageBodySystemAttributeMap: ['MessageSystemAttribute', 'Name', 'Value'],
    TagMap: ['Tag', 'Key', 'Value'],
  },
  queryErrors: {
    BatchEntryIdsNotDistinct: [`${SQS_ERROR}.BatchEntryIdsNotDistinct`, 400],
    BatchRequestTooLong: [`${SQS_ERROR}.BatchRequestTooLong`, 400],
    EmptyBatchRequest: [`${SQS_ERROR}.EmptyBatchRequest`, 400],
    InvalidAddress: ['InvalidAddress', 404],
    InvalidBatchEntryId: [`${SQS_ERROR}.InvalidBatchEntryId`, 400],
    InvalidSecurity: ['InvalidSecurity', 403],
    KmsAccessDenied: ['KMS.AccessDeniedException', 400],
    KmsDisabled: ['KMS.DisabledException', 400],
    KmsInvalidKeyUsage: ['KMS.InvalidKeyUsageException', 400],
    KmsInvalidState: ['KMS.InvalidStateException', 400],
    KmsNotFound: ['KMS.NotFoundException', 400],
    KmsOptInRequired: ['KMS.OptInRequired', 403],
    KmsThrottled: ['KMS.ThrottlingException', 400],
    InvalidParameterCombinationException: ['InvalidParameterCombination', 400],
    InvalidParameterValueException: ['InvalidParameterValue', 400],
    MessageNotInflight: [`${SQS_ERROR}.MessageNotInflight`, 400],
    MissingRequiredParameterException: ['MissingParameter', 400],
    OverLimit: ['OverLimit', 403],
    PurgeQueueInProgress: [`${SQS_ERROR}.PurgeQueueInProgress`, 403],
    QueueDeletedRecently: [`${SQS_ERROR}.QueueDeletedRecently`, 400],
    QueueDoesNotExist: [`${SQS_ERROR}.NonExistentQueue`, 400],
    QueueNameExists: ['QueueAlreadyExists', 400],
    ReceiptHandleIsInvalid: ['ReceiptHandleIsInvalid', 404],
    RequestThrottled: ['RequestThrottled', 403],
    ResourceNotFoundException: ['ResourceNotFoundException', 404],
    TooManyEntriesInBatchRequest: [`${SQS_ERROR}.TooManyEntriesInBatchRequest`, 400],
    UnsupportedOperation: [`${SQS_ERROR}.UnsupportedOperation`, 400],
  },
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html (response syntax) */
const S3: Overlay = {
  xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
  unwrapped: ['GetBucketLocationOutput'],
  xmlRoots: {
    CompleteMultipartUploadOutput: 'CompleteMultipartUploadResult',
    CreateMultipartUploadOutput: 'InitiateMultipartUploadResult',
    CreateSessionOutput: 'CreateSessionResult',
    DeleteObjectsOutput: 'DeleteResult',
    GetBucketAccelerateConfigurationOutput: 'AccelerateConfiguration',
    GetBucketAclOutput: 'AccessControlPolicy',
    GetBucketCorsOutput: 'CORSConfiguration',
    GetBucketLifecycleConfigurationOutput: 'LifecycleConfiguration',
    GetBucketLocationOutput: 'LocationConstraint',
    GetBucketLoggingOutput: 'BucketLoggingStatus',
    GetBucketRequestPaymentOutput: 'RequestPaymentConfiguration',
    GetBucketTaggingOutput: 'Tagging',
    GetBucketVersioningOutput: 'VersioningConfiguration',
    GetBucketWebsiteOutput: 'WebsiteConfiguration',
    GetObjectAclOutput: 'AccessControlPolicy',
    GetObjectAttributesOutput: 'GetObjectAttributesResponse',
    GetObjectTaggingOutput: 'Tagging',
    ListBucketAnalyticsConfigurationsOutput: 'ListBucketAnalyticsConfigurationResult',
    ListBucketInventoryConfigurationsOutput: 'ListInventoryConfigurationsResult',
    ListBucketMetricsConfigurationsOutput: 'ListMetricsConfigurationsResult',
    ListBucketsOutput: 'ListAllMyBucketsResult',
    ListDirectoryBucketsOutput: 'ListAllMyDirectoryBucketsResult',
    ListMultipartUploadsOutput: 'ListMultipartUploadsResult',
    ListObjectsOutput: 'ListBucketResult',
    ListObjectsV2Output: 'ListBucketResult',
    ListObjectVersionsOutput: 'ListVersionsResult',
    ListPartsOutput: 'ListPartsResult',
  },
};

const LAMBDA_REGION = String.raw`(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`;
const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

const LAMBDA: Overlay = {
  patterns: {
    LayerVersionArn:
      String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:${LAMBDA_REGION}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)` +
      '|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)',
    TaggableResource:
      String.raw`arn:(aws[a-zA-Z-]*):lambda:${LAMBDA_REGION}:\d{12}:` +
      String.raw`(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|` +
      `code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:${UUID}|` +
      'capacity-provider:[a-zA-Z0-9-_]+)',
  },
};

/** Namespaces as recorded from AWS; services that are not here answer the bare name. */
export const OVERLAYS: Readonly<Record<string, Overlay>> = {
  cloudwatch: { errorNamespace: 'com.amazonaws.cloudwatch.v2010_08_01' },
  dynamodb: { errorNamespace: 'com.amazonaws.dynamodb.v20120810' },
  dynamodbstreams: { errorNamespace: 'com.amazonaws.dynamodb.v20120810' },
  lambda: LAMBDA,
  s3: S3,
  sqs: SQS,
};
