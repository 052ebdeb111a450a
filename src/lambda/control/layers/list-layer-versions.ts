import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import { layerAddress } from './layer-name.ts';
import { checkOwner, listLayerVersion, matchesFilter } from './layers.ts';
import { pageOf } from '../page.ts';

/**
 * A layer's versions, the newest first; of a layer that is not there, none.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html
 */
export function listLayerVersions(control: Control): Operations['ListLayerVersions'] {
  return async (context, input) => {
    const address = layerAddress(context, input.LayerName);
    checkOwner(context, address, 'lambda:ListLayerVersions');
    const within = [address.layerName];
    const isDescending = true;
    const page = await control.database.read((queries) =>
      pageOf(
        input,
        (after, limit) =>
          layerVersions.page(queries, address, { within, after, limit, isDescending }),
        (record) => [record.number],
      ),
    );
    const matching = page.items.filter((record) => matchesFilter(record, input));
    const described = matching.map((record) => listLayerVersion(address, record));
    return { LayerVersions: described, ...page.next };
  };
}
