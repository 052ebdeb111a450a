import type { LayersListItem, Operations } from '#aws/models/lambda.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';

import { layers, layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import type { LayerAddress } from './layer-name.ts';
import { layerArn } from './layer-name.ts';
import type { LayerFilter } from './layers.ts';
import { listLayerVersion, matchesFilter } from './layers.ts';
import { pageOf } from '../page.ts';

/**
 * Each layer with its newest version that fits; layers without one are left out.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html
 */
export function listLayers(control: Control): Operations['ListLayers'] {
  return async (context, input) => {
    const scope = { accountId: context.accountId, region: context.region };
    return control.database.read(async (queries) => {
      const page = await pageOf(
        input,
        (after, limit) => layers.page(queries, scope, { after, limit }),
        (record) => [record.layerName],
      );
      const found: LayersListItem[] = [];
      for (const { layerName } of page.items) {
        const item = await newestOf(queries, { ...scope, layerName }, input);
        if (item !== undefined) found.push(item);
      }
      return { Layers: found, ...page.next };
    });
  };
}

async function newestOf(
  queries: Queries,
  address: LayerAddress,
  filter: LayerFilter,
): Promise<LayersListItem | undefined> {
  const { layerName } = address;
  const versions = await layerVersions.all(queries, address, layerName);
  const newest = versions.findLast((version) => matchesFilter(version, filter));
  if (newest === undefined) return undefined;
  return {
    LayerName: layerName,
    LayerArn: layerArn(address),
    LatestMatchingVersion: listLayerVersion(address, newest),
  };
}
