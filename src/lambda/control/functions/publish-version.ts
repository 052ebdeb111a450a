import type { Operations } from '#aws/models/lambda.types.gen.ts';

import {
  functionPending,
  invalidParameter,
  updateInProgress,
  wrongRevision,
} from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { published, settled, touched } from '../../model/lifecycle.ts';
import type { VersionRecord } from '../../model/records.ts';
import type { Transaction } from '#ports/world/database.ts';
import { functions, versions } from '../../store.ts';
import type { Control, LoadedVersion } from '../control.ts';
import { addressOf, loadVersion, noteChange, unqualified } from '../control.ts';
import { checkCodeStorage } from './create-function.ts';
import { describeVersion } from './describe-function.ts';
import { refuseToPublish } from './function-code.ts';
import { refuseUnsupported } from '../unsupported.ts';

/**
 * Copies `$LATEST` to the next number, unless the newest version is already such a copy.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
export function publishVersion(control: Control): Operations['PublishVersion'] {
  return async (context, input) => {
    const address = unqualified(addressOf(context, input, 'lambda:PublishVersion'));
    refuseUnsupported(input);
    const newId = (): string => control.random.uuid();
    const version = await control.database.transact(async (tx) => {
      const loaded = await loadVersion(control, tx, address);
      const latest = loaded.version;
      if (latest.phase.kind === 'updating') throw updateInProgress(address);
      if (latest.phase.kind === 'creating') throw functionPending('Pending');
      checkExpected(latest, input);
      refuseToPublish(latest.code);
      const newest = await newestCopy(control, tx, address, loaded);
      if (newest !== undefined) return newest;
      await checkCodeStorage(tx, address);
      const number = loaded.function.lastVersion + 1;
      const lastModifiedMs = control.clock.now();
      const copy = { ...published(latest, number, input.Description, newId), lastModifiedMs };
      await versions.put(tx, address, copy);
      await versions.put(tx, address, touched(latest, newId));
      await functions.put(tx, address, { ...loaded.function, lastVersion: number });
      noteChange(control, tx, address, false);
      return copy;
    });
    return describeVersion({ ...address, qualifier: String(version.number) }, version);
  };
}

/** The newest version, where it is a copy of `$LATEST` as that is now. */
async function newestCopy(
  control: Control,
  tx: Transaction,
  address: FunctionAddress,
  loaded: LoadedVersion,
): Promise<VersionRecord | undefined> {
  const { lastVersion } = loaded.function;
  if (lastVersion === 0) return undefined;
  const newest = await versions.get(tx, address, address.functionName, lastVersion);
  const isCopy = newest?.sourceDeploymentId === loaded.version.deploymentId;
  return isCopy ? settled(newest, control.clock.steadyMs()) : undefined;
}

/** @see recordings `test_publish_with_wrong_sha256`, `test_publish_with_wrong_revisionid` */
function checkExpected(
  latest: VersionRecord,
  input: { readonly CodeSha256?: string; readonly RevisionId?: string },
): void {
  const { CodeSha256, RevisionId } = input;
  if (RevisionId !== undefined && RevisionId !== latest.revisionId) {
    throw wrongRevision('GetFunction/GetAlias');
  }
  if (CodeSha256 !== undefined && CodeSha256 !== latest.code.sha256) {
    throw invalidParameter(
      `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${latest.code.sha256}). ` +
        'Please try again with the CodeSHA256 in $LATEST.',
    );
  }
}
