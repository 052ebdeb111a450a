/** Parameters as answers show them. */
import type * as Api from '#aws/models/ssm.types.gen.ts';
import { present } from '#kernel/assert.ts';
import { parseJson } from '#kernel/json.ts';
import { parameterNotFound, versionNotFound } from './errors.ts';
import { parameterArn, type Parameter, type ParameterVersion, type Place } from './model.ts';

/** The version that counts. */
export function latestOf({ versions }: Parameter): ParameterVersion {
  return present(versions.at(-1), 'a parameter has a version');
}

/**
 * The version that a selector names; the newest where there is none.
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound
 */
export function selectVersion(
  parameter: Parameter | undefined,
  selector: string | undefined,
): ParameterVersion {
  if (parameter === undefined) throw parameterNotFound();
  if (selector === undefined) return latestOf(parameter);
  const wanted = selector.slice(1);
  const found = parameter.versions.find(
    ({ version, labels }) => String(version) === wanted || labels.includes(wanted),
  );
  if (found === undefined) throw versionNotFound(parameter.name, wanted);
  return found;
}

/** A parameter with its value. SecureStrings are shown as they were put: nothing is encrypted (README). */
export function valueOf(
  place: Place,
  { name }: Parameter,
  version: ParameterVersion,
  selector?: string,
): Api.Parameter {
  return {
    Name: name,
    Type: version.type,
    Value: version.value,
    Version: version.version,
    ...(selector === undefined ? {} : { Selector: selector }),
    LastModifiedDate: version.modifiedAtMs,
    ARN: parameterArn(place, name),
    DataType: version.dataType,
  };
}

/** One version without its value. */
export function metadataOf(
  place: Place,
  { name }: Parameter,
  version: ParameterVersion,
): Api.ParameterMetadata {
  return {
    Name: name,
    ARN: parameterArn(place, name),
    Type: version.type,
    ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
    LastModifiedDate: version.modifiedAtMs,
    LastModifiedUser: version.modifiedBy,
    ...(version.description === undefined ? {} : { Description: version.description }),
    ...(version.allowedPattern === undefined ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.version,
    Tier: version.tier,
    Policies: policiesOf(version),
    DataType: version.dataType,
  };
}

/** One version, with its value and labels. */
export function historyOf(
  place: Place,
  parameter: Parameter,
  version: ParameterVersion,
): Api.ParameterHistory {
  const { ARN: _, ...metadata } = metadataOf(place, parameter, version);
  return { ...metadata, Value: version.value, Labels: version.labels };
}

function policiesOf({ policies }: ParameterVersion): Api.ParameterInlinePolicy[] {
  const parsed = policies === undefined ? [] : parseJson(policies);
  if (!Array.isArray(parsed)) return [];
  return parsed.map((policy: { readonly Type?: string }) => ({
    PolicyText: JSON.stringify(policy),
    PolicyType: policy.Type ?? '',
    PolicyStatus: 'Pending',
  }));
}
