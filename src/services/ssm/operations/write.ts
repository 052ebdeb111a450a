import type { Operations, PutParameterRequest } from '#aws/models/ssm.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { utf8 } from '#kernel/bytes.ts';
import { InvalidRegex, matchesWhole } from '#kernel/regex/index.ts';
import type { SsmDependencies } from '../dependencies.ts';
import { latestOf } from '../describe.ts';
import {
  alreadyExists,
  invalidPattern,
  parameterNotFound,
  patternMismatch,
  validation,
} from '../errors.ts';
import { VALUE_BYTES_MAX, VERSIONS_MAX } from '../limits.ts';
import { addressOf, checkName, type Parameter, type ParameterVersion } from '../model.ts';
import { deleteParameterRow, findParameter, saveParameter } from '../store.ts';

const DEFAULT_KEY = 'alias/aws/ssm';

/** Makes a parameter, or its next version. */
export function putParameter({ database, clock }: SsmDependencies): Operations['PutParameter'] {
  return async (context, input) => {
    const { name } = addressOf(input.Name);
    checkName(name);
    if (input.Overwrite === true && input.Tags !== undefined) {
      throw validation(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, " +
          'please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.',
      );
    }
    return await database.transact(async (tx) => {
      const known = await findParameter(tx, context, name);
      if (known !== undefined && input.Overwrite !== true) throw alreadyExists();
      const version = versionOf(input, known, context, clock.now());
      const versions = [...(known?.versions ?? []), version].slice(-VERSIONS_MAX);
      const tags =
        known?.tags ?? Object.fromEntries((input.Tags ?? []).map((t) => [t.Key, t.Value]));
      await saveParameter(tx, context, { name, versions, tags });
      return { Version: version.version, Tier: version.tier };
    });
  };
}

/** What a request leaves out stays as it was. */
function versionOf(
  input: PutParameterRequest,
  known: Parameter | undefined,
  { principal }: RequestContext,
  nowMs: number,
): ParameterVersion {
  const before = known && latestOf(known);
  const type = input.Type ?? before?.type;
  if (type === undefined) {
    throw validation('A parameter type is required when you create a parameter.');
  }
  const tier = tierOf(input, before);
  const pattern = input.AllowedPattern ?? before?.allowedPattern;
  if (pattern !== undefined) checkPattern(pattern, input.Value);
  const description = input.Description ?? before?.description;
  const keyId = type === 'SecureString' ? (input.KeyId ?? before?.keyId ?? DEFAULT_KEY) : undefined;
  return {
    version: (before?.version ?? 0) + 1,
    type,
    value: input.Value,
    tier,
    dataType: input.DataType ?? before?.dataType ?? 'text',
    labels: [],
    modifiedAtMs: nowMs,
    modifiedBy: principal.arn,
    ...(keyId === undefined ? {} : { keyId }),
    ...(description === undefined ? {} : { description }),
    ...(pattern === undefined ? {} : { allowedPattern: pattern }),
    ...(input.Policies === undefined ? {} : { policies: input.Policies }),
  };
}

/** @throws AwsError ValidationException where the value is longer than its tier's */
function tierOf(input: PutParameterRequest, before: ParameterVersion | undefined): string {
  const asked = input.Tier ?? before?.tier ?? 'Standard';
  const bytes = utf8(input.Value).length;
  const needsMore = bytes > VALUE_BYTES_MAX.Standard || input.Policies !== undefined;
  const tier = asked === 'Intelligent-Tiering' ? (needsMore ? 'Advanced' : 'Standard') : asked;
  if (tier === 'Standard' && bytes > VALUE_BYTES_MAX.Standard) {
    throw validation(
      'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger ' +
        'parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see ' +
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
    );
  }
  if (bytes > VALUE_BYTES_MAX.Advanced) {
    throw validation(
      'Advanced tier parameters support a maximum parameter value of 8192 characters.',
    );
  }
  return tier;
}

/** @throws AwsError InvalidAllowedPatternException, ParameterPatternMismatchException */
function checkPattern(pattern: string, value: string): void {
  let isMatch: boolean;
  try {
    isMatch = matchesWhole(pattern, value);
  } catch (error) {
    if (error instanceof InvalidRegex) throw invalidPattern(pattern);
    throw error;
  }
  if (!isMatch) throw patternMismatch(pattern);
}

/** Deletes one parameter with all its versions. */
export function deleteParameter({ database }: SsmDependencies): Operations['DeleteParameter'] {
  return async (context, { Name }) => {
    const { name } = addressOf(Name);
    const isDeleted = await database.transact((tx) => deleteParameterRow(tx, context, name));
    if (!isDeleted) throw parameterNotFound();
    return {};
  };
}

/** Deletes those that are there, and says which those were. */
export function deleteParameters({ database }: SsmDependencies): Operations['DeleteParameters'] {
  return async (context, { Names }) =>
    database.transact(async (tx) => {
      const DeletedParameters: string[] = [];
      const InvalidParameters: string[] = [];
      for (const name of Names) {
        const isDeleted = await deleteParameterRow(tx, context, addressOf(name).name);
        (isDeleted ? DeletedParameters : InvalidParameters).push(name);
      }
      return { DeletedParameters, InvalidParameters };
    });
}
