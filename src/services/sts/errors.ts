import { AwsError } from '#aws/errors.ts';

/** The role is not there, or does not trust the caller: AWS does not tell which. */
export function mayNot(action: string, callerArn: string, roleArn: string): AwsError {
  return new AwsError({
    code: 'AccessDenied',
    status: 403,
    message: `User: ${callerArn} is not authorized to perform: ${action} on resource: ${roleArn}`,
  });
}

/** A session longer than the role allows. */
export function sessionTooLong(): AwsError {
  return invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
export function chainedSessionTooLong(): AwsError {
  return invalid(
    'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
  );
}

/** Something that is no ARN of a role. */
export function invalidRoleArn(arn: string): AwsError {
  return invalid(`${arn} is invalid`);
}

/** Recorded in 2025: sts `test_iam_role_chaining_override_transitive_tags`. */
export function transitiveTagConflict(): AwsError {
  return new AwsError({
    code: 'InvalidParameterValue',
    status: 400,
    message:
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
  });
}

/** A session's policy that is none. */
export function malformedPolicy(message: string): AwsError {
  return new AwsError({ code: 'MalformedPolicyDocument', status: 400, message });
}

/** Only those with lasting credentials may ask. */
export function sessionMayNot(operation: string): AwsError {
  return new AwsError({
    code: 'AccessDenied',
    status: 403,
    message: `Cannot call ${operation} with session credentials`,
  });
}

/** An access key of another shape. */
export function invalidAccessKey(): AwsError {
  return invalid('Invalid access key ID.');
}

function invalid(message: string): AwsError {
  return new AwsError({ code: 'ValidationError', status: 400, message });
}
