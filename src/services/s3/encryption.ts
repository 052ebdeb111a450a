import { createHash } from 'node:crypto';
import type { ServerSideEncryptionConfiguration } from '#aws/models/s3.types.gen.ts';
import type { AwsError } from '#aws/errors.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import { invalidArgument, invalidRequest, s3Error } from './errors.ts';
import type { EncryptionMembers } from './model.ts';

/** The members by which a write asks for encryption. */
export interface EncryptionInput extends CustomerKeyInput {
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
}

export interface CustomerKeyInput {
  readonly SSECustomerAlgorithm?: string;
  /** Base64 of 32 bytes. */
  readonly SSECustomerKey?: string;
  /** Base64 of the key's MD5. */
  readonly SSECustomerKeyMD5?: string;
}

const ARGUMENT = 'x-amz-server-side-encryption';

const NEEDS = 'Requests specifying Server Side Encryption with Customer provided keys must provide';

/**
 * What a new object says of its encryption: the request's choice, else the bucket's, else AES256.
 * @throws AwsError InvalidArgument, InvalidEncryptionAlgorithmError
 * Recorded: s3.json TestS3SSECEncryption::test_put_object_validation_sse_c, TestS3::test_s3_sse_bucket_key_default
 */
export function chooseEncryption(
  input: EncryptionInput,
  configured: ServerSideEncryptionConfiguration | undefined,
  place: { readonly region: string; readonly accountId: string },
): EncryptionMembers {
  if (hasCustomerKey(input)) {
    if (input.ServerSideEncryption !== undefined) {
      throw invalidArgument(
        'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
        ARGUMENT,
        input.ServerSideEncryption,
      );
    }
    return customerKeyMembers(input);
  }
  const rule = configured?.Rules[0];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  const algorithm = input.ServerSideEncryption ?? byDefault?.SSEAlgorithm ?? 'AES256';
  if (algorithm === 'AES256') return { ServerSideEncryption: algorithm };
  if (algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') {
    throw s3Error(
      'InvalidEncryptionAlgorithmError',
      { ArgumentName: ARGUMENT, ArgumentValue: algorithm },
      'The encryption method specified is not supported',
    );
  }
  const keyId = input.SSEKMSKeyId ?? byDefault?.KMSMasterKeyID;
  const isBucketKey = input.BucketKeyEnabled ?? rule?.BucketKeyEnabled ?? false;
  return {
    ServerSideEncryption: algorithm,
    SSEKMSKeyId: keyArn(keyId, place),
    ...(isBucketKey ? { BucketKeyEnabled: true } : {}),
  };
}

/** A key's id as S3 answers it: its ARN. Without one it is the account's own key of S3. */
function keyArn(
  keyId: string | undefined,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): string {
  if (keyId !== undefined && parseArn(keyId)) return keyId;
  const resource = keyId ?? uuidOf(`aws/s3 ${region} ${accountId}`);
  return formatArn(
    'kms',
    region,
    accountId,
    resource.startsWith('alias/') ? resource : `key/${resource}`,
  );
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function hasCustomerKey(input: CustomerKeyInput): boolean {
  return (
    input.SSECustomerAlgorithm !== undefined ||
    input.SSECustomerKey !== undefined ||
    input.SSECustomerKeyMD5 !== undefined
  );
}

/** Checks a customer's key in itself. Recorded: test_put_object_validation_sse_c */
function customerKeyMembers(input: CustomerKeyInput): EncryptionMembers {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = input;
  if (algorithm !== undefined && algorithm !== 'AES256') {
    throw s3Error('InvalidEncryptionAlgorithmError', {
      ArgumentName: ARGUMENT,
      ArgumentValue: algorithm,
    });
  }
  if (algorithm === undefined) {
    throw invalidArgument(`${NEEDS} a valid encryption algorithm.`, ARGUMENT);
  }
  if (key === undefined) throw invalidArgument(`${NEEDS} an appropriate secret key.`, ARGUMENT);
  const bytes = Buffer.from(key, 'base64');
  if (md5 !== undefined && createHash('md5').update(bytes).digest('base64') !== md5) {
    throw invalidArgument(
      'The calculated MD5 hash of the key did not match the hash that was provided.',
      ARGUMENT,
    );
  }
  if (md5 === undefined || bytes.length !== 32) {
    throw invalidArgument('The secret key was invalid for the specified algorithm.', ARGUMENT);
  }
  return { SSECustomerAlgorithm: algorithm, SSECustomerKeyMD5: md5 };
}

/**
 * Whether a read carries the key with which the object was stored.
 * @throws AwsError InvalidRequest, AccessDenied, InvalidArgument. Recorded: test_object_retrieval_sse_c
 */
export function checkCustomerKey(input: CustomerKeyInput, stored: EncryptionMembers): void {
  if (stored.SSECustomerAlgorithm === undefined) {
    if (!hasCustomerKey(input)) return;
    throw invalidRequest('The encryption parameters are not applicable to this object.');
  }
  if (!hasCustomerKey(input)) {
    throw invalidRequest(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided ' +
        'to retrieve the object.',
    );
  }
  if (input.SSECustomerKey !== undefined && input.SSECustomerKeyMD5 === undefined) throw wrongKey();
  const given = customerKeyMembers(input);
  if (given.SSECustomerKeyMD5 !== stored.SSECustomerKeyMD5) throw wrongKey();
}

function wrongKey(): AwsError {
  return s3Error('AccessDenied', {}, `${NEEDS} the correct secret key.`);
}

/**
 * Whether a part carries the key of its upload.
 * @throws AwsError InvalidRequest. Recorded: test_multipart_upload_sse_c_validation
 */
export function checkPartKey(input: CustomerKeyInput, upload: EncryptionMembers): void {
  if (hasCustomerKey(input) !== (upload.SSECustomerAlgorithm !== undefined)) {
    throw invalidRequest(
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate ' +
        'encryption parameters.',
    );
  }
  if (!hasCustomerKey(input)) return;
  if (customerKeyMembers(input).SSECustomerKeyMD5 !== upload.SSECustomerKeyMD5) {
    throw invalidRequest(
      'The provided encryption parameters did not match the ones used originally.',
    );
  }
}
