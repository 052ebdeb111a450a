/** Parameters, their versions, and how they are named. Times are ms since 1970. */
import { formatArn, parseArn } from '#kernel/arn.ts';
import { tooManyLevels, validation } from './errors.ts';
import { LEVELS_MAX } from './limits.ts';

/** Where something lives. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export interface ParameterVersion {
  readonly version: number;
  readonly type: string;
  readonly value: string;
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly tier: string;
  readonly policies?: string;
  readonly dataType: string;
  readonly labels: readonly string[];
  readonly modifiedAtMs: number;
  readonly modifiedBy: string;
}

export interface Parameter {
  readonly name: string;
  /** The oldest first; the last is the one that counts. Never empty. */
  readonly versions: readonly ParameterVersion[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A name as requests write it, with a version or a label behind a colon. */
export interface Address {
  readonly name: string;
  /** `:3`, `:production`. */
  readonly selector?: string;
}

/** `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`; a name that begins with a slash adds none. */
export function parameterArn({ accountId, region }: Place, name: string): string {
  return formatArn('ssm', region, accountId, `parameter/${name.replace(/^\//, '')}`);
}

/** Reads `NAME`, `NAME:SELECTOR` or an ARN of one of them. */
export function addressOf(text: string): Address {
  const resource = parseArn(text)?.resource;
  const path = resource === undefined ? text : resource.replace(/^parameter/, '');
  // An ARN's slash is part of a path's name, and none of a plain one's.
  const full = resource !== undefined && !path.slice(1).includes('/') ? path.slice(1) : path;
  const colon = full.indexOf(':');
  if (colon < 0) return { name: full };
  return { name: full.slice(0, colon), selector: full.slice(colon) };
}

/**
 * Holds for a name that a new parameter may have.
 * @throws AwsError ValidationException, HierarchyLevelLimitExceededException
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
export function checkName(name: string): void {
  const isPath = name.includes('/');
  if (!/^[\w.\-/]+$/.test(name) || (isPath && !/^(?:\/[\w.-]+)+$/.test(name))) {
    throw validation(
      isPath && !name.startsWith('/')
        ? 'Parameter name must be a fully qualified name.'
        : 'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist ' +
            'of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and ' +
            'the following 3 symbols .-_',
    );
  }
  const isReserved = /^\/?(?:aws|ssm)/i.test(name);
  if (isReserved) {
    throw validation(
      /^\/?aws/i.test(name)
        ? `No access to reserved parameter name: ${name}.`
        : 'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist ' +
            'of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and ' +
            'the following 3 symbols .-_',
    );
  }
  if (name.split('/').length - 1 > LEVELS_MAX) throw tooManyLevels();
}
