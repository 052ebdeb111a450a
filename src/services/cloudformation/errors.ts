/** What CloudFormation answers to bad input, in AWS's words. */
import { modelledError } from '#aws/error-model.ts';
import { AwsError } from '#aws/errors.ts';
import { cloudformation } from '#aws/models/cloudformation.gen.ts';

/** 400: what was sent breaks a rule; the message says which. */
export function validation(message: string): AwsError {
  return modelledError(cloudformation, 'ValidationError', message);
}

/** 400: no stack has that name. */
export function noSuchStack(name: string): AwsError {
  return validation(`Stack with id ${name} does not exist`);
}

/** 400: a stack has that name. */
export function stackExists(name: string): AwsError {
  return modelledError(cloudformation, 'AlreadyExistsException', `Stack [${name}] already exists`);
}

/** 400: the template does what its sender has to agree to. */
export function insufficientCapabilities(needed: readonly string[]): AwsError {
  const message = `Requires capabilities : [${needed.join(', ')}]`;
  return modelledError(cloudformation, 'InsufficientCapabilitiesException', message);
}

/** 404: no change set has that name. */
export function noSuchChangeSet(name: string): AwsError {
  return modelledError(
    cloudformation,
    'ChangeSetNotFoundException',
    `ChangeSet [${name}] does not exist`,
  );
}

/** 400: a change set is not in a state for that. */
export function invalidChangeSetStatus(message: string): AwsError {
  return modelledError(cloudformation, 'InvalidChangeSetStatusException', message);
}

/** 400: a change set has that name. */
export function changeSetExists(name: string): AwsError {
  const message = `ChangeSet ${name} already exists`;
  return modelledError(cloudformation, 'AlreadyExistsException', message);
}

/** 403: what is asked for is not the sender's to ask. */
export function accessDenied(message: string): AwsError {
  return new AwsError({ code: 'AccessDenied', status: 403, message });
}

/** 400: an account has as many stacks as it may have. */
export function tooManyStacks(most: number): AwsError {
  return modelledError(
    cloudformation,
    'LimitExceededException',
    `Limit for stack has been exceeded: an account has at most ${most} in a Region.`,
  );
}
