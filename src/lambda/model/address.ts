import { parseArn, formatArn } from '#kernel/arn.ts';

/** Where a function lives; what its ARN says without the qualifier. */
export interface FunctionAddress {
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  /** `$LATEST`, a version's number or an alias, where one was named. */
  readonly qualifier?: string;
}

/** What is in a text that names a function; absent parts are the caller's own. */
export interface FunctionReference {
  readonly accountId?: string;
  readonly region?: string;
  readonly functionName: string;
  readonly qualifier?: string;
}

export const LATEST = '$LATEST';

/** Nearly all are this short form. */
const NAME = /^[a-zA-Z0-9-_.]+$/;

// AWS's own pattern (NamespacedFunctionName), with the parts named.
const REFERENCE = new RegExp(
  '^(?:arn:aws[a-zA-Z-]*:lambda:)?' +
    '(?:(?<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\\d):)?' +
    '(?:(?<accountId>\\d{12}):)?(?:function:)?' +
    '(?<functionName>[a-zA-Z0-9-_.]+)' +
    '(?::(?<qualifier>\\$LATEST(?:\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$',
);

/**
 * Reads every form in which AWS takes a function's name: `name`, `name:alias`, `account:function:name`,
 * `region:account:function:name` and the whole ARN, each with or without a qualifier.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html FunctionName
 */
export function parseFunctionReference(text: string): FunctionReference | undefined {
  if (NAME.test(text)) return { functionName: text };
  const parts = REFERENCE.exec(text)?.groups;
  const functionName = parts?.['functionName'];
  if (parts === undefined || functionName === undefined) return undefined;
  const { accountId, region, qualifier } = parts;
  return {
    functionName,
    ...(accountId === undefined ? {} : { accountId }),
    ...(region === undefined ? {} : { region }),
    ...(qualifier === undefined ? {} : { qualifier }),
  };
}

/** The address in a whole ARN of a function, or `undefined` where the ARN is of something else. */
export function addressOfArn(text: string): FunctionAddress | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'lambda') return undefined;
  const [type, functionName, qualifier, ...rest] = arn.resource.split(':');
  if (type !== 'function' || !functionName || rest.length > 0) return undefined;
  const { accountId, region } = arn;
  return { accountId, region, functionName, ...(qualifier ? { qualifier } : {}) };
}

/** The ARN without a qualifier. */
export function functionArn(address: FunctionAddress): string {
  const { accountId, region, functionName } = address;
  return formatArn('lambda', region, accountId, `function:${functionName}`);
}

/** The ARN, with the qualifier where there is one. */
export function qualifiedArn(address: FunctionAddress): string {
  const arn = functionArn(address);
  return address.qualifier === undefined ? arn : `${arn}:${address.qualifier}`;
}

/** The ARN that a resource policy names: unqualified for `$LATEST`. */
export function policyArn(address: FunctionAddress): string {
  return address.qualifier === LATEST ? functionArn(address) : qualifiedArn(address);
}

export type QualifierKind = 'latest' | 'version' | 'alias';

/** Which of the three things a qualifier names; an alias's name is never a number. */
export function qualifierKind(qualifier: string): QualifierKind {
  if (qualifier === LATEST) return 'latest';
  return /^\d+$/.test(qualifier) ? 'version' : 'alias';
}
