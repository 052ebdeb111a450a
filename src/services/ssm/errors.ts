/** What the parameter store answers to bad input. */
import { modelledError } from '#aws/error-model.ts';
import type { AwsError } from '#aws/errors.ts';
import { ssm } from '#aws/models/ssm.gen.ts';

/** 400: what was sent breaks a rule; the message says which. */
export function validation(message: string): AwsError {
  return modelledError(ssm, 'ValidationException', message);
}

/** 400: no parameter has that name. AWS says nothing more for a single one. */
export function parameterNotFound(): AwsError {
  return modelledError(ssm, 'ParameterNotFound', '');
}

/** 400: the parameter has no such version or label. */
export function versionNotFound(name: string, selector: string): AwsError {
  const message =
    `Systems Manager could not find version ${selector} of ${name}. ` +
    'Verify the version and try again.';
  return modelledError(ssm, 'ParameterVersionNotFound', message);
}

/** 400: it is there, and `Overwrite` was not said. */
export function alreadyExists(): AwsError {
  const message =
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.';
  return modelledError(ssm, 'ParameterAlreadyExists', message);
}

/** 400: a name of too many levels. */
export function tooManyLevels(): AwsError {
  const message =
    'A hierarchy can have a maximum of fifteen levels. For more information, see Requirements and ' +
    'constraints for parameter names in the AWS Systems Manager User Guide.';
  return modelledError(ssm, 'HierarchyLevelLimitExceededException', message);
}

/** 400: the value does not match the parameter's own pattern. */
export function patternMismatch(pattern: string): AwsError {
  const message = `Parameter value, cannot be validated against allowedPattern: ${pattern}`;
  return modelledError(ssm, 'ParameterPatternMismatchException', message);
}

/** 400: the pattern is no regular expression, or one that takes too long. */
export function invalidPattern(pattern: string): AwsError {
  const message = `The allowedPattern ${pattern} is not a valid regular expression.`;
  return modelledError(ssm, 'InvalidAllowedPatternException', message);
}

/** 400: a token that this service did not give. */
export function invalidNextToken(): AwsError {
  return modelledError(ssm, 'InvalidNextToken', 'The specified token is not valid.');
}

/** 400: tags of what is not there. */
export function invalidResource(): AwsError {
  const message =
    'The resource ID is not valid. Verify that you entered the correct ID and try again.';
  return modelledError(ssm, 'InvalidResourceId', message);
}

/** 400: more tags than a parameter may have. */
export function tooManyTags(): AwsError {
  return modelledError(ssm, 'TooManyTagsError', 'The Targets parameter includes too many tags.');
}

/** 400: a label that a version cannot take, because it has ten of them. */
export function tooManyLabels(): AwsError {
  const message =
    'A parameter version can have a maximum of ten labels. Move one or more labels to another version and try again.';
  return modelledError(ssm, 'ParameterVersionLabelLimitExceeded', message);
}
