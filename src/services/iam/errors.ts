/** What IAM answers; recordings of iam, 2023 to 2025, and messages of AWS that tools quote. */
import { AwsError } from '#aws/errors.ts';
import type { Kind } from './model.ts';

const NOUNS: Readonly<Record<Kind, string>> = {
  role: 'role',
  user: 'user',
  group: 'group',
  'instance-profile': 'Instance Profile',
};

/** Recorded: `test_create_service_specific_credential_invalid_user`. */
export function noSuchEntity(kind: Kind, name: string): AwsError {
  return missing(
    kind === 'instance-profile'
      ? `Instance Profile ${name} cannot be found.`
      : `The ${NOUNS[kind]} with name ${name} cannot be found.`,
  );
}

/** An inline policy that is not there. */
export function noSuchInlinePolicy(kind: Kind, name: string): AwsError {
  return missing(`The ${NOUNS[kind]} policy with name ${name} cannot be found.`);
}

/** Recorded: `test_delete_non_existent_policy_returns_no_such_entity`. */
export function noSuchPolicy(arn: string): AwsError {
  return missing(`Policy ${arn} was not found.`);
}

/** A policy that is to be attached, and is not there. */
export function notAttachable(arn: string): AwsError {
  return missing(`Policy ${arn} does not exist or is not attachable.`);
}

/** A version of a policy that is not there. */
export function noSuchVersion(arn: string, version: string): AwsError {
  return missing(`Policy ${arn} version ${version} does not exist or is not attachable.`);
}

/** An access key that is not the user's. */
export function noSuchAccessKey(id: string): AwsError {
  return missing(`The Access Key with id ${id} cannot be found.`);
}

/** A credential for a service that is not the user's. Recorded: `test_user_match_id_mismatch`. */
export function noSuchCredential(id: string): AwsError {
  return missing(`No such credential ${id} exists`);
}

/** A service for which users have no passwords; our words. */
export function noSuchService(name: string): AwsError {
  return missing(`No such service ${name} is supported for Service Specific Credentials`);
}

/** A deletion of a service's role that nobody asked for; our words. */
export function noSuchDeletionTask(id: string): AwsError {
  return missing(`The deletion task ${id} cannot be found.`);
}

/** A change of a role that belongs to a service. */
export function unmodifiable(roleName: string): AwsError {
  return new AwsError({
    code: 'UnmodifiableEntity',
    status: 400,
    message: `Cannot perform the operation on the protected role '${roleName}' - this role is only modifiable by AWS`,
  });
}

/** A name that is taken, in whatever case. */
export function alreadyExists(kind: Kind, name: string): AwsError {
  const noun = kind === 'instance-profile' ? 'Instance Profile' : capital(NOUNS[kind]);
  const message =
    kind === 'instance-profile'
      ? `${noun} ${name} already exists.`
      : `${noun} with name ${name} already exists.`;
  return new AwsError({ code: 'EntityAlreadyExists', status: 409, message });
}

/** A managed policy's name that is taken. */
export function policyExists(name: string): AwsError {
  return new AwsError({
    code: 'EntityAlreadyExists',
    status: 409,
    message: `A policy called ${name} already exists. Duplicate names are not allowed.`,
  });
}

/** Something still hangs on what is to be deleted. */
export function deleteConflict(message: string): AwsError {
  return new AwsError({ code: 'DeleteConflict', status: 409, message });
}

/** More of something than an account may have. */
export function limitExceeded(message: string): AwsError {
  return new AwsError({ code: 'LimitExceeded', status: 409, message });
}

/** A policy that is none. */
export function malformedPolicy(message: string): AwsError {
  return new AwsError({ code: 'MalformedPolicyDocument', status: 400, message });
}

/** Recorded: `test_service_role_lifecycle_custom_suffix_not_allowed`. */
export function invalidInput(message: string): AwsError {
  return new AwsError({ code: 'InvalidInput', status: 400, message });
}

/** Input that the model cannot refuse. */
export function validationError(message: string): AwsError {
  return new AwsError({ code: 'ValidationError', status: 400, message });
}

/** Something beside roles, users and policies that is not there, in AWS's words for it. */
export function notFound(message: string): AwsError {
  return missing(message);
}

/** Something beside them that is there already. */
export function exists(message: string): AwsError {
  return new AwsError({ code: 'EntityAlreadyExists', status: 409, message });
}

/** A password that the account's policy does not allow. */
export function passwordViolation(message: string): AwsError {
  return new AwsError({ code: 'PasswordPolicyViolation', status: 400, message });
}

/** ChangePassword with another than the current one. */
export function wrongPassword(): AwsError {
  const message = 'The old password was incorrect.';
  return new AwsError({ code: 'AccessDenied', status: 403, message });
}

/** No report was made yet. */
export function noReport(): AwsError {
  const message = 'No report present. Please generate a report first.';
  return new AwsError({ code: 'ReportNotPresent', status: 410, message });
}

/** Text that is no certificate, or no key. */
export function malformedCertificate(message: string): AwsError {
  return new AwsError({ code: 'MalformedCertificate', status: 400, message });
}

/** A certificate and a key that do not belong together. */
export function keyMismatch(): AwsError {
  const message = 'Private key does not match certificate.';
  return new AwsError({ code: 'KeyPairMismatch', status: 400, message });
}

/** A public key that is none. */
export function invalidPublicKey(): AwsError {
  const message = 'Invalid public key.';
  return new AwsError({ code: 'InvalidPublicKey', status: 400, message });
}

/** Temporary credentials that IAM does not take, as if nobody knew them. */
export function invalidToken(): AwsError {
  const message = 'The security token included in the request is invalid';
  return new AwsError({ code: 'InvalidClientTokenId', status: 403, message });
}

/** Codes that a device does not make now. */
export function invalidCode(): AwsError {
  const message = 'Authentication code for device is not valid.';
  return new AwsError({ code: 'InvalidAuthenticationCode', status: 403, message });
}

function missing(message: string): AwsError {
  return new AwsError({ code: 'NoSuchEntity', status: 404, message });
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
