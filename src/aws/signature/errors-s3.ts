import { AwsError } from '#aws/errors.ts';
import { unreachable } from '#kernel/assert.ts';
import { ALGORITHM, ALGORITHM_ASYMMETRIC } from './request.ts';
import { formatSeconds, formatTimestamp } from './timestamp.ts';
import type { Part, Place, Refusal } from './refusal.ts';

type Of<Kind extends Refusal['kind']> = Extract<Refusal, { readonly kind: Kind }>;

const CREDENTIAL_FORM = 'expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".';

const EXPIRES_PROBLEMS: Readonly<Record<Of<'expires'>['problem'], string>> = {
  'not-a-number': 'X-Amz-Expires should be a number',
  negative: 'X-Amz-Expires must be non-negative',
  'too-long':
    'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
};

/**
 * S3's words for a refused signature.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the recordings of
 * 2025, s3 `TestS3PresignedUrl`
 */
export function s3RefusalError(refusal: Refusal): AwsError {
  switch (refusal.kind) {
    case 'missing':
      return denied('Access Denied');
    case 'several':
      return severalClaims(refusal.authorization);
    case 'algorithm':
      return wrongAlgorithm(refusal);
    case 'incomplete':
      return incomplete(refusal);
    case 'credential':
      return malformed(refusal.place, `the Credential is mal-formed; ${CREDENTIAL_FORM}`);
    case 'scope-date':
      return wrongDate(refusal);
    case 'scope-terminal':
      return malformed(
        refusal.place,
        `incorrect terminal "${refusal.terminal}". This endpoint uses "aws4_request".`,
      );
    case 'scope-service':
      return malformed(
        refusal.place,
        `incorrect service "${refusal.scope.service}". This endpoint belongs to "${refusal.expected.service}".`,
      );
    case 'timestamp':
      return refusal.place === 'query'
        ? queryParameters(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
        : denied('AWS authentication requires a valid Date or x-amz-date header');
    case 'expires':
      return queryParameters(EXPIRES_PROBLEMS[refusal.problem]);
    default:
      return s3KeyError(refusal);
  }
}

type KeyRefusal = Exclude<
  Refusal,
  Of<
    | 'missing'
    | 'several'
    | 'algorithm'
    | 'incomplete'
    | 'credential'
    | 'scope-date'
    | 'scope-terminal'
    | 'scope-service'
    | 'timestamp'
    | 'expires'
  >
>;

/** The claim is well-formed, but its key, its time or the signature is not right. */
function s3KeyError(refusal: KeyRefusal): AwsError {
  switch (refusal.kind) {
    case 'unknown-key':
      return new AwsError({
        code: 'InvalidAccessKeyId',
        status: 403,
        message: 'The AWS Access Key Id you provided does not exist in our records.',
        fields: { AWSAccessKeyId: refusal.accessKeyId },
      });
    case 'invalid-token':
      return token(
        'InvalidToken',
        'The provided token is malformed or otherwise invalid.',
        refusal.token,
      );
    case 'expired-token':
      return token('ExpiredToken', 'The provided token has expired.', refusal.token);
    case 'skewed':
      return new AwsError({
        code: 'RequestTimeTooSkewed',
        status: 403,
        message: 'The difference between the request time and the current time is too large.',
        fields: {
          RequestTime: formatTimestamp(refusal.timestampMs),
          ServerTime: formatSeconds(refusal.nowMs),
          MaxAllowedSkewMilliseconds: String(refusal.skewMsMax),
        },
      });
    case 'expired-url':
      return denied('Request has expired', {
        ...(refusal.expiresSeconds !== undefined && {
          'X-Amz-Expires': String(refusal.expiresSeconds),
        }),
        Expires: formatSeconds(refusal.expiresAtMs),
        ServerTime: formatSeconds(refusal.nowMs),
      });
    case 'early-url':
      return denied('Request is not yet valid', {
        'X-Amz-Date': formatTimestamp(refusal.timestampMs),
        ServerTime: formatSeconds(refusal.nowMs),
      });
    case 'unsigned-headers':
      return denied('There were headers present in the request which were not signed', {
        HeadersNotSigned: refusal.names.join(', '),
      });
    case 'payload-hash':
      return wrongPayloadHash(refusal.value);
    case 'mismatch':
      return mismatch(refusal);
    default:
      return unreachable(refusal);
  }
}

/** Seen at S3, 2020. */
function severalClaims(authorization: string): AwsError {
  return new AwsError({
    code: 'InvalidArgument',
    status: 400,
    message:
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    fields: { ArgumentName: 'Authorization', ArgumentValue: authorization },
  });
}

function wrongAlgorithm(refusal: Of<'algorithm'>): AwsError {
  if (refusal.algorithm.startsWith(ALGORITHM_ASYMMETRIC)) {
    return new AwsError({
      code: 'InvalidRequest',
      status: 400,
      message: `SigV4A (${ALGORITHM_ASYMMETRIC}) is not supported. Please use ${ALGORITHM}.`,
    });
  }
  if (refusal.place === 'query') {
    return queryParameters(
      `X-Amz-Algorithm only supports "${ALGORITHM} and ${ALGORITHM_ASYMMETRIC}"`,
    );
  }
  if (refusal.algorithm.startsWith('AWS ')) {
    return new AwsError({
      code: 'InvalidRequest',
      status: 400,
      message: `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    });
  }
  return new AwsError({
    code: 'InvalidArgument',
    status: 400,
    message: 'Unsupported Authorization Type',
    fields: { ArgumentName: 'Authorization', ArgumentValue: refusal.algorithm },
  });
}

function incomplete(refusal: Of<'incomplete'>): AwsError {
  if (refusal.place === 'query') {
    return queryParameters(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  const part: Part | undefined = refusal.lacks[0];
  if (part === 'Date')
    return denied('AWS authentication requires a valid Date or x-amz-date header');
  return malformed(
    'header',
    refusal.lacks.length === 1
      ? `missing ${part}.`
      : 'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
  );
}

function wrongDate(refusal: Of<'scope-date'>): AwsError {
  if (!/^\d{8}$/.test(refusal.date)) {
    return malformed(
      refusal.place,
      `incorrect date format "${refusal.date}". This date in the credential must be in the format "yyyyMMdd".`,
    );
  }
  return refusal.place === 'query'
    ? queryParameters(
        `Invalid credential date "${refusal.date}". This date is not the same as X-Amz-Date: "${refusal.timestamp.slice(0, 8)}".`,
      )
    : malformed('header', 'Invalid credential date. Date is not the same as X-Amz-Date.');
}

function wrongPayloadHash(value: string | undefined): AwsError {
  if (value === undefined) {
    return new AwsError({
      code: 'InvalidRequest',
      status: 400,
      message: 'Missing required header for this request: x-amz-content-sha256',
    });
  }
  return new AwsError({
    code: 'InvalidArgument',
    status: 400,
    message:
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    fields: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: value },
  });
}

function mismatch(refusal: Of<'mismatch'>): AwsError {
  const { canonicalRequest } = refusal;
  return new AwsError({
    code: 'SignatureDoesNotMatch',
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    fields: {
      AWSAccessKeyId: refusal.accessKeyId,
      StringToSign: refusal.stringToSign,
      SignatureProvided: refusal.signature,
      StringToSignBytes: spellBytes(refusal.stringToSign),
      ...(canonicalRequest !== undefined && {
        CanonicalRequest: canonicalRequest,
        CanonicalRequestBytes: spellBytes(canonicalRequest),
      }),
    },
  });
}

/** Bytes as S3 spells them: `41 57 53`. */
function spellBytes(text: string): string {
  return Buffer.from(text)
    .toString('hex')
    .replaceAll(/..(?=.)/g, '$& ');
}

function malformed(place: Place, detail: string): AwsError {
  if (place === 'query')
    return queryParameters(`Error parsing the X-Amz-Credential parameter; ${detail}`);
  return new AwsError({
    code: 'AuthorizationHeaderMalformed',
    status: 400,
    message: `The authorization header is malformed; ${detail}`,
  });
}

function queryParameters(message: string): AwsError {
  return new AwsError({ code: 'AuthorizationQueryParametersError', status: 400, message });
}

function denied(message: string, fields: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError({ code: 'AccessDenied', status: 403, message, fields });
}

function token(code: string, message: string, value: string): AwsError {
  return new AwsError({ code, status: 400, message, fields: { 'Token-0': value } });
}
