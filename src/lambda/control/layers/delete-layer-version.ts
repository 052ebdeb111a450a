import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { releaseCode } from '../../store-code.ts';
import { layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import { layerVersionAddress } from './layer-name.ts';
import { checkOwner } from './layers.ts';

/**
 * Deletes a version; functions that use it keep it. One that is not there is deleted in silence.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html
 */
export function deleteLayerVersion(control: Control): Operations['DeleteLayerVersion'] {
  return async (context, input) => {
    const address = layerVersionAddress(context, input);
    checkOwner(context, address, 'lambda:DeleteLayerVersion');
    const { layerName, number } = address;
    await control.database.transact(async (tx) => {
      const record = await layerVersions.get(tx, address, layerName, number);
      if (record === undefined) return;
      await layerVersions.delete(tx, address, layerName, number);
      await releaseCode(tx, { sha256: record.code.sha256 }, control.clock.now());
    });
    return {};
  };
}
