import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { omitUndefined } from '../../model/omit-undefined.ts';
import type { LayerVersionRecord } from '../../model/records.ts';
import { layers, layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import { checkCodeStorage } from '../functions/create-function.ts';
import { zipCode } from '../functions/function-code.ts';
import { layerAddress } from './layer-name.ts';
import { checkOwner, describeLayerVersion } from './layers.ts';

/**
 * Makes a layer's next version; numbers of deleted ones are not given again.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
 */
export function publishLayerVersion(control: Control): Operations['PublishLayerVersion'] {
  return async (context, input) => {
    const address = layerAddress(context, input.LayerName);
    checkOwner(context, address, 'lambda:PublishLayerVersion');
    const code = await zipCode(control, context, input.Content, 'PublishLayerVersion');
    const { layerName } = address;
    const published = await control.database.transact(async (tx) => {
      await checkCodeStorage(tx, address);
      const layer = await layers.get(tx, address, layerName);
      const number = (layer?.lastVersion ?? 0) + 1;
      const record: LayerVersionRecord = omitUndefined({
        layerName,
        number,
        description: input.Description ?? '',
        licenseInfo: input.LicenseInfo,
        runtimes: input.CompatibleRuntimes ?? [],
        architectures: input.CompatibleArchitectures ?? [],
        code,
        createdAtMs: control.clock.now(),
      });
      await layers.put(tx, address, { layerName, lastVersion: number });
      await layerVersions.put(tx, address, record);
      return record;
    });
    return describeLayerVersion(control, address, published);
  };
}
