/** S3's browser uploads: a form whose policy, not whose request, is signed. */
import { createHmac } from 'node:crypto';
import { AwsError } from '#aws/errors.ts';
import type { CredentialLookup, Principal } from '#ports/peers/credential-issuer.ts';
import { readCredential } from './claim.ts';
import { s3RefusalError } from './errors-s3.ts';
import { checkConditions, readPolicy, type LengthRange } from './post-policy-document.ts';
import { Refused } from './refusal.ts';
import type { SigningKeys } from './signing-key.ts';
import { checkToken, isEqual } from './verify.ts';
import { ALGORITHM } from './request.ts';

export interface PostForm {
  /** The fields before the file, by their names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly bucket: string;
}

export interface PostPolicyOptions {
  readonly credentials: CredentialLookup;
  readonly keys: SigningKeys;
  readonly nowMs: number;
}

export interface VerifiedPost {
  readonly principal: Principal;
  /** How long the file may be; the reader of the file holds it to that. */
  readonly lengthRange?: LengthRange;
}

const FIELDS_V4 = ['x-amz-signature', 'x-amz-credential', 'x-amz-algorithm', 'x-amz-date'] as const;
const FIELDS_V2 = ['awsaccesskeyid', 'signature'] as const;

const SCOPE = { service: 's3' };

/** How errors spell a field's name. */
const SPELLED: Readonly<Record<string, string>> = {
  'x-amz-signature': 'X-Amz-Signature',
  'x-amz-credential': 'X-Amz-Credential',
  'x-amz-algorithm': 'X-Amz-Algorithm',
  'x-amz-date': 'X-Amz-Date',
  awsaccesskeyid: 'AWSAccessKeyId',
  signature: 'Signature',
};

/**
 * Verifies the policy of a form: signature, expiry, and every condition that the fields must meet.
 * `undefined` where the form has no policy: the upload is anonymous.
 * @throws AwsError AccessDenied, InvalidArgument, InvalidPolicyDocument, SignatureDoesNotMatch …
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export async function verifyPostPolicy(
  form: PostForm,
  options: PostPolicyOptions,
): Promise<VerifiedPost | undefined> {
  const policy = form.fields.get('policy');
  if (policy === undefined) return undefined;
  try {
    const principal = await verifySignature(form.fields, policy, options);
    const lengthRange = checkConditions(readPolicy(policy, options.nowMs), form);
    return { principal, ...(lengthRange !== undefined && { lengthRange }) };
  } catch (error) {
    if (error instanceof Refused) throw s3RefusalError(error.refusal);
    throw error;
  }
}

async function verifySignature(
  fields: ReadonlyMap<string, string>,
  policy: string,
  options: PostPolicyOptions,
): Promise<Principal> {
  const v4 = requireAll(fields, FIELDS_V4);
  const v2 = v4 ?? requireAll(fields, FIELDS_V2);
  if (v2 === undefined) throw s3RefusalError({ kind: 'missing' });
  const isV4 = v4 !== undefined;
  const signature = fields.get(isV4 ? 'x-amz-signature' : 'signature') ?? '';
  const credential = fields.get('x-amz-credential') ?? '';
  const algorithm = fields.get('x-amz-algorithm') ?? '';
  if (isV4 && algorithm !== ALGORITHM) {
    throw new Refused({ kind: 'algorithm', place: 'query', algorithm });
  }
  const claim = isV4
    ? readCredential('query', credential, fields.get('x-amz-date') ?? '')
    : { accessKeyId: fields.get('awsaccesskeyid') ?? '', scope: undefined };
  const { accessKeyId, scope } = claim;
  if (scope !== undefined && scope.service !== 's3') {
    throw new Refused({ kind: 'scope-service', place: 'query', scope, expected: SCOPE });
  }
  const known = await options.credentials.find(accessKeyId);
  if (known === undefined) throw new Refused({ kind: 'unknown-key', accessKeyId });
  checkToken(fields.get('x-amz-security-token'), known, options.nowMs);
  const secret = known.credentials.secretAccessKey;
  const expected =
    scope === undefined
      ? createHmac('sha1', secret).update(policy).digest('base64')
      : options.keys.derive(secret, scope).sign(policy);
  if (!isEqual(expected, signature)) {
    throw new Refused({ kind: 'mismatch', accessKeyId, signature, stringToSign: policy });
  }
  return known.principal;
}

/** True where all fields are there, `undefined` where none is. */
function requireAll(
  fields: ReadonlyMap<string, string>,
  names: readonly string[],
): true | undefined {
  if (!names.some((name) => fields.has(name))) return undefined;
  const missing = names.find((name) => !fields.has(name));
  if (missing === undefined) return true;
  const spelled = SPELLED[missing] ?? missing;
  throw new AwsError({
    code: 'InvalidArgument',
    status: 400,
    message: `Bucket POST must contain a field named '${spelled}'.  If it is specified, please check the order of the fields.`,
    fields: { ArgumentName: spelled, ArgumentValue: '' },
  });
}
