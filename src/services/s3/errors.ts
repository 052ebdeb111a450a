import { AwsError } from '#aws/errors.ts';

/**
 * Status and message of every error that S3 answers here.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * Messages were checked against recorded answers where there is one.
 */
const ERRORS = {
  AccessControlListNotSupported: [400, 'The bucket does not allow ACLs'],
  AccessDenied: [403, 'Access Denied'],
  AccessForbidden: [
    403,
    'CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, ' +
      'request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted ' +
      "by the resource's CORS spec.",
  ],
  AuthorizationHeaderMalformed: [400, 'The authorization header is malformed'],
  BadDigest: [400, 'The Content-MD5 you specified did not match what we received.'],
  BadRequest: [400, 'Bad Request'],
  BucketAlreadyExists: [
    409,
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. ' +
      'Please select a different name and try again.',
  ],
  BucketAlreadyOwnedByYou: [
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
  ],
  BucketNotEmpty: [409, 'The bucket you tried to delete is not empty'],
  ConditionalRequestConflict: [
    409,
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
  ],
  CrossLocationLoggingProhibitted: [403, 'Cross S3 location logging not allowed. '],
  EntityTooLarge: [400, 'Your proposed upload exceeds the maximum allowed size'],
  EntityTooSmall: [400, 'Your proposed upload is smaller than the minimum allowed size'],
  IllegalVersioningConfigurationException: [400, 'The Versioning element must be specified'],
  IllegalLocationConstraintException: [
    400,
    'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
  ],
  IncompleteBody: [
    400,
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  ],
  IncorrectNumberOfFilesInPostRequest: [400, 'POST requires exactly one file upload per request.'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidArgument: [400, 'Invalid Argument'],
  InvalidBucketName: [400, 'The specified bucket is not valid.'],
  InvalidBucketOwnerAWSAccountID: [
    400,
    'The value of the expected bucket owner parameter must be an AWS Account ID...',
  ],
  InvalidBucketState: [
    409,
    'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
  ],
  InvalidDigest: [400, 'The Content-MD5 you specified was invalid.'],
  InvalidEncryptionAlgorithmError: [
    400,
    'The Encryption request you specified is not valid. Supported value: AES256.',
  ],
  InvalidLocationConstraint: [400, 'The specified location-constraint is not valid'],
  InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
  InvalidPart: [
    400,
    'One or more of the specified parts could not be found.  The part may not have been uploaded, ' +
      "or the specified entity tag may not match the part's entity tag.",
  ],
  InvalidPartNumber: [416, 'The requested partnumber is not satisfiable'],
  InvalidPartOrder: [
    400,
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
  ],
  InvalidPolicyDocument: [400, 'Invalid Policy'],
  InvalidRange: [416, 'The requested range is not satisfiable'],
  InvalidRequest: [400, 'Invalid Request'],
  InvalidStorageClass: [400, 'The storage class you specified is not valid'],
  InvalidTag: [400, 'The TagKey you have provided is invalid'],
  InvalidTargetBucketForLogging: [
    400,
    'The target bucket for logging does not exist, is not owned by you, or does not have the appropriate ' +
      'grants for the log-delivery group.',
  ],
  KeyTooLongError: [400, 'Your key is too long'],
  MalformedACLError: [
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  ],
  MalformedPOSTRequest: [
    400,
    'The body of your POST request is not well-formed multipart/form-data.',
  ],
  MalformedPolicy: [400, "Policies must be valid JSON and the first byte must be '{'"],
  MalformedXML: [
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  ],
  MaxPostPreDataLengthExceeded: [
    400,
    'Your POST request fields preceding the upload file were too large.',
  ],
  MetadataTooLarge: [400, 'Your metadata headers exceed the maximum allowed metadata size'],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  MissingRequestBodyError: [400, 'Request Body is empty'],
  MissingSecurityHeader: [400, 'Your request was missing a required header'],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchBucketPolicy: [404, 'The bucket policy does not exist'],
  NoSuchCORSConfiguration: [404, 'The CORS configuration does not exist'],
  NoSuchConfiguration: [404, 'The specified configuration does not exist.'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NoSuchLifecycleConfiguration: [404, 'The lifecycle configuration does not exist'],
  NoSuchObjectLockConfiguration: [
    404,
    'The specified object does not have a ObjectLock configuration',
  ],
  NoSuchPublicAccessBlockConfiguration: [
    404,
    'The public access block configuration was not found',
  ],
  NoSuchTagSet: [404, 'The TagSet does not exist'],
  NoSuchUpload: [
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted ' +
      'or completed.',
  ],
  NoSuchVersion: [404, 'The specified version does not exist.'],
  NoSuchWebsiteConfiguration: [404, 'The specified bucket does not have a website configuration'],
  NotFound: [404, 'Not Found'],
  NotImplemented: [501, 'A header you provided implies functionality that is not implemented'],
  NotModified: [304, 'Not Modified'],
  ObjectLockConfigurationNotFoundError: [
    404,
    'Object Lock configuration does not exist for this bucket',
  ],
  OwnershipControlsNotFoundError: [404, 'The bucket ownership controls were not found'],
  PermanentRedirect: [
    301,
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all ' +
      'future requests to this endpoint.',
  ],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
  ReplicationConfigurationNotFoundError: [404, 'The replication configuration was not found'],
  RestoreAlreadyInProgress: [409, 'Object restore is already in progress'],
  ServerSideEncryptionConfigurationNotFoundError: [
    404,
    'The server side encryption configuration was not found',
  ],
  TooManyBuckets: [400, 'You have attempted to create more buckets than allowed'],
  UnexpectedContent: [400, 'This request does not support content'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type S3ErrorCode = keyof typeof ERRORS;

/** Members of the error's XML beside Code and Message, by their names there. */
export type ErrorFields = Readonly<Record<string, string | number>>;

/** An error of the table, with its usual message unless another is given. */
export function s3Error(
  code: S3ErrorCode,
  fields: ErrorFields = {},
  message?: string,
  headers: Readonly<Record<string, string>> = {},
): AwsError {
  const [status, usual] = ERRORS[code];
  return new AwsError({ code, status, message: message ?? usual, fields, headers });
}

/** 404 for a key without a current object. */
export function noSuchKey(key: string): AwsError {
  return s3Error('NoSuchKey', { Key: key });
}

/** 404 for an upload that is unknown, aborted or completed. */
export function noSuchUpload(uploadId: string): AwsError {
  return s3Error('NoSuchUpload', { UploadId: uploadId });
}

/** `InvalidArgument` for one header, query parameter or element. */
export function invalidArgument(message: string, name: string, value?: string | number): AwsError {
  return s3Error(
    'InvalidArgument',
    { ArgumentName: name, ...(value === undefined ? {} : { ArgumentValue: value }) },
    message,
  );
}

/** 400 with a message of its own, which names what S3 will not do. */
export function invalidRequest(message: string): AwsError {
  return s3Error('InvalidRequest', {}, message);
}

/** `Condition` is the header's name as S3 writes it: `If-Match`, `x-amz-copy-source-If-Match`. */
export function preconditionFailed(condition: string): AwsError {
  return s3Error('PreconditionFailed', { Condition: condition });
}

/** A header or a value of one that S3 knows and does not serve. */
export function headerNotImplemented(header: string, additionalMessage?: string): AwsError {
  const fields = additionalMessage === undefined ? {} : { additionalMessage };
  return s3Error('NotImplemented', { Header: header, ...fields });
}

/** The method cannot be used on a delete marker, whose id the headers tell. */
export function deleteMarkerNotAllowed(
  method: string,
  marker: { readonly versionId: string; readonly modifiedAtMs: number },
): AwsError {
  return s3Error('MethodNotAllowed', { Method: method, ResourceType: 'DeleteMarker' }, undefined, {
    allow: 'DELETE',
    'last-modified': new Date(marker.modifiedAtMs).toUTCString(),
    'x-amz-delete-marker': 'true',
    'x-amz-version-id': marker.versionId,
  });
}
