import type { Operations, UpdateFunctionCodeRequest } from '#aws/models/lambda.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';

import { invalidParameter } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { changed, published } from '../../model/lifecycle.ts';
import type { VersionCode, VersionRecord } from '../../model/records.ts';
import { releaseCode } from '../../store-code.ts';
import { functions, versions } from '../../store.ts';
import { checkSigned } from '../signing/code-signing.ts';
import type { Control } from '../control.ts';
import { addressOf, loadChangeable, noteChange, unqualified } from '../control.ts';
import { checkCodeStorage, marksOf } from './create-function.ts';
import { describeVersion } from './describe-function.ts';
import { imageCode, packageCode, refuseToPublish } from './function-code.ts';
import { refuseUnsupported } from '../unsupported.ts';

/**
 * Gives `$LATEST` other code, and publishes it where Publish says so.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
 */
export function updateFunctionCode(control: Control): Operations['UpdateFunctionCode'] {
  return async (context, input) => {
    const address = unqualified(addressOf(context, input, 'lambda:UpdateFunctionCode'));
    refuseUnsupported(input);
    const before = await control.database.read(async (queries) => {
      await checkCodeStorage(queries, address);
      return loadChangeable(control, queries, address, input.RevisionId);
    });
    const code = await codeOf(control, context, input, before.version);
    if (input.Publish === true) refuseToPublish(code);
    const codeBytes = code.kind === 'zip' ? code.unzippedBytes : 0;
    await control.code.checkTogether(before.version.layersDirectoryId, codeBytes);
    if (input.DryRun === true) {
      return describeVersion(address, withCode(before.version, code, input));
    }
    const version = await control.database.transact((tx) =>
      write(control, tx, address, { input, code }),
    );
    const qualifier = version.number === 0 ? {} : { qualifier: String(version.number) };
    return describeVersion({ ...address, ...qualifier }, version);
  };
}

interface CodeChange {
  readonly input: UpdateFunctionCodeRequest;
  readonly code: VersionCode;
}

/** Answers what the operation shows: `$LATEST`, or the version that was published with it. */
async function write(
  control: Control,
  tx: Transaction,
  address: FunctionAddress,
  { input, code }: CodeChange,
): Promise<VersionRecord> {
  const loaded = await loadChangeable(control, tx, address, input.RevisionId);
  const { version } = loaded;
  await checkSigned(control, tx, address, loaded.function.codeSigningConfigArn);
  const marks = marksOf(control);
  const latest = changed(withCode(version, code, input), 'updating', marks);
  await versions.put(tx, address, latest);
  if (version.code.kind !== 'folder') await releaseCode(tx, version.code, marks.nowMs);
  noteChange(control, tx, address, true);
  if (input.Publish !== true) return latest;
  const number = loaded.function.lastVersion + 1;
  const copy = changed(published(latest, number, undefined, marks.newId), 'creating', marks);
  await versions.put(tx, address, copy);
  await functions.put(tx, address, { ...loaded.function, lastVersion: number });
  return copy;
}

function withCode(
  version: VersionRecord,
  code: VersionCode,
  input: UpdateFunctionCodeRequest,
): VersionRecord {
  const { Architectures = version.settings.Architectures } = input;
  return { ...version, code, settings: { ...version.settings, Architectures } };
}

/** @see recording `lambda_api: TestLambdaImages::test_lambda_image_crud` */
async function codeOf(
  control: Control,
  context: RequestContext,
  input: UpdateFunctionCodeRequest,
  version: VersionRecord,
): Promise<VersionCode> {
  if (version.settings.PackageType === 'Image') {
    if (input.ImageUri !== undefined) return imageCode(control, context, input.ImageUri);
    throw invalidParameter(
      'Please provide ImageUri when updating a function with packageType Image.',
    );
  }
  if (input.ImageUri !== undefined) {
    throw invalidParameter(
      "Please don't provide ImageUri when updating a function with packageType Zip.",
    );
  }
  return packageCode(control, context, input, 'UpdateFunctionCode');
}
