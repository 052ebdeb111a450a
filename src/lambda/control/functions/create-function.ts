import type { CreateFunctionRequest, Operations } from '#aws/models/lambda.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';

import type { FunctionAddress } from '../../model/address.ts';
import { changed, published } from '../../model/lifecycle.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { FunctionRecord, Scope, VersionCode, VersionRecord } from '../../model/records.ts';
import { AwsError } from '#aws/errors.ts';
import { FUNCTION_NAME_LENGTH_MAX, CODE_STORAGE_BYTES_MAX } from '../../limits.ts';
import { conflict, invalidParameter } from '../../errors.ts';
import { accountUsage, codeSigningConfigs, functions, versions } from '../../store.ts';
import type { Queries } from '#ports/world/database.ts';
import { checkRole } from './check-role.ts';
import type { Control } from '../control.ts';
import { addressOf, noteChange, unqualified } from '../control.ts';
import { describeVersion } from './describe-function.ts';
import { imageCode, packageCode, refuseToPublish } from './function-code.ts';
import { useLayers } from './function-layers.ts';
import { newSettings } from './function-settings.ts';
import { checkTags } from '../tags/tags.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { codeSigningConfigNotFound, codeSigningId } from '../signing/code-signing-names.ts';
import { checkSigned } from '../signing/code-signing.ts';

/**
 * Makes a function from a zip in the request, a zip in S3 or an image.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export function createFunction(control: Control): Operations['CreateFunction'] {
  return async (context, input) => {
    const address = unqualified(addressOf(context, input, 'lambda:CreateFunction'));
    checkName(address.functionName);
    refuseUnsupported(input);
    checkTags(input.Tags ?? {});
    const settings = newSettings(address.functionName, input);
    await checkRole(control, address, input);
    await control.database.read((queries) => checkNew(queries, address, input));
    const code = await codeOf(control, context, input);
    const layers = await useLayers(control, context, input.Layers ?? [], code);
    const marks = marksOf(control);
    const draft: VersionRecord = {
      functionName: address.functionName,
      number: 0,
      settings,
      code,
      ...layers,
      phase: { kind: 'settled' },
      revisionId: '',
      deploymentId: '',
      lastModifiedMs: marks.nowMs,
    };
    const latest = changed(draft, 'creating', marks);
    if (input.Publish === true) refuseToPublish(code);
    const first = input.Publish === true ? published(latest, 1, undefined, marks.newId) : undefined;
    const record = newFunction(address, input, marks.nowMs);
    await control.database.transact(async (tx) => {
      await checkNew(tx, address, input);
      await checkSigned(control, tx, address, input.CodeSigningConfigArn);
      await functions.put(tx, address, { ...record, lastVersion: first?.number ?? 0 });
      await versions.put(tx, address, latest);
      if (first !== undefined) await versions.put(tx, address, first);
      noteChange(control, tx, address, true);
    });
    return describeVersion(address, first ?? latest);
  };
}

/** What a change is stamped with. */
export function marksOf(control: Control) {
  const { clock, random, settings } = control;
  return {
    nowMs: clock.now(),
    steadyMs: clock.steadyMs(),
    settleMs: settings.settleMs,
    newId: () => random.uuid(),
  };
}

/** @see recording `test_function_name_and_qualifier_validation[function_name_too_long-create_function]` */
function checkName(functionName: string): void {
  if (functionName.length <= FUNCTION_NAME_LENGTH_MAX) return;
  throw invalidParameter(
    `1 validation error detected: Value '${functionName}' at 'functionName' failed to satisfy constraint: ` +
      `Member must have length less than or equal to ${FUNCTION_NAME_LENGTH_MAX}`,
  );
}

async function checkNew(
  queries: Queries,
  address: FunctionAddress,
  input: CreateFunctionRequest,
): Promise<void> {
  const { functionName } = address;
  if ((await functions.get(queries, address, functionName)) !== undefined) {
    throw conflict(`Function already exist: ${functionName}`);
  }
  const { CodeSigningConfigArn: arn } = input;
  if (arn !== undefined) {
    const found = await codeSigningConfigs.get(queries, address, codeSigningId(arn));
    if (found === undefined) throw codeSigningConfigNotFound(arn);
  }
  await checkCodeStorage(queries, address);
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html CodeStorageExceededException */
export async function checkCodeStorage(queries: Queries, scope: Scope): Promise<void> {
  const { codeBytes } = await accountUsage(queries, scope);
  if (codeBytes < CODE_STORAGE_BYTES_MAX) return;
  throw new AwsError({
    code: 'CodeStorageExceededException',
    status: 400,
    message: 'Code storage limit exceeded.',
    fields: { Type: 'User' },
  });
}

function codeOf(
  control: Control,
  context: RequestContext,
  input: CreateFunctionRequest,
): Promise<VersionCode> {
  const { Code, PackageType } = input;
  if (PackageType === 'Image') return imageCode(control, context, Code.ImageUri);
  if (Code.ImageUri !== undefined) {
    throw invalidParameter(
      "Please don't provide ImageUri when creating a function with packageType Zip.",
    );
  }
  return packageCode(control, context, Code, 'CreateFunction');
}

function newFunction(
  address: FunctionAddress,
  input: CreateFunctionRequest,
  nowMs: number,
): FunctionRecord {
  return omitUndefined({
    functionName: address.functionName,
    createdAtMs: nowMs,
    lastVersion: 0,
    recursiveLoop: 'Terminate',
    codeSigningConfigArn: input.CodeSigningConfigArn,
    tags: input.Tags ?? {},
  });
}
