import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { changed } from '../../model/lifecycle.ts';
import type { VersionRecord } from '../../model/records.ts';
import { releaseCode } from '../../store-code.ts';
import { versions } from '../../store.ts';
import { checkSigned } from '../signing/code-signing.ts';
import { checkRole } from './check-role.ts';
import type { Control } from '../control.ts';
import { addressOf, loadChangeable, noteChange, unqualified } from '../control.ts';
import { marksOf } from './create-function.ts';
import { describeVersion } from './describe-function.ts';
import { useLayers } from './function-layers.ts';
import { changedSettings } from './function-settings.ts';
import { refuseUnsupported } from '../unsupported.ts';

/**
 * Changes settings of `$LATEST`; members that are not given stay.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 */
export function updateFunctionConfiguration(
  control: Control,
): Operations['UpdateFunctionConfiguration'] {
  return async (context, input) => {
    const address = unqualified(addressOf(context, input, 'lambda:UpdateFunctionConfiguration'));
    refuseUnsupported(input);
    const { RevisionId, Layers } = input;
    const before = await control.database.read((queries) =>
      loadChangeable(control, queries, address, RevisionId),
    );
    const { code } = before.version;
    const planned = changedSettings(before.version.settings, input);
    if (input.Role !== undefined || input.DeadLetterConfig !== undefined) {
      await checkRole(control, address, planned);
    }
    const layers =
      Layers === undefined ? undefined : await useLayers(control, context, Layers, code);
    const updated = await control.database.transact(async (tx) => {
      const { function: record, version } = await loadChangeable(control, tx, address, RevisionId);
      const signing = layers?.layers.length ? record.codeSigningConfigArn : undefined;
      await checkSigned(control, tx, address, signing);
      const settings = changedSettings(version.settings, input);
      const { layersDirectoryId, ...rest } = version;
      const kept = layersDirectoryId === undefined ? {} : { layersDirectoryId };
      const next: VersionRecord = { ...rest, settings, ...(layers ?? kept) };
      const marked = changed(next, 'updating', marksOf(control));
      await versions.put(tx, address, marked);
      if (layers !== undefined) await releaseCode(tx, kept, control.clock.now());
      noteChange(control, tx, address, true);
      return marked;
    });
    return describeVersion(address, updated);
  };
}
