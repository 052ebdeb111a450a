import type { RequestContext } from '#aws/operation.ts';
import { present } from '#kernel/assert.ts';
import type { Queries } from '#ports/world/database.ts';

import { invalidParameter } from '../../errors.ts';
import { LAYERS_MAX } from '../../limits.ts';
import type { LayerUse, VersionCode } from '../../model/records.ts';
import { findCode } from '../../store-code.ts';
import { layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import { parseLayerVersionArn } from '../layers/layer-name.ts';
import { assertShared } from '../layers/layers.ts';

export interface FunctionLayers {
  readonly layers: readonly LayerUse[];
  readonly layersDirectoryId?: string;
}

/**
 * The layers of a function, in their order, merged into one tree.
 * @throws AwsError InvalidParameterValueException, AccessDeniedException for another account's that is not shared
 * @see recording `lambda_api: TestLambdaLayer::test_layer_function_exceptions`
 */
export async function useLayers(
  control: Control,
  context: RequestContext,
  arns: readonly string[],
  code: VersionCode,
): Promise<FunctionLayers> {
  checkArns(context, arns);
  const layers = await control.database.read(async (queries) => {
    const found: LayerUse[] = [];
    for (const arn of arns) found.push(await findLayer(queries, context, arn));
    return found;
  });
  checkVersions(arns);
  const unzippedBytes = code.kind === 'zip' ? code.unzippedBytes : 0;
  const rows = await control.database.read(async (queries) => {
    const found = await Promise.all(layers.map((layer) => findCode(queries, layer.sha256)));
    return found.map((row) => present(row, 'a layer version names code that is not there'));
  });
  const layersDirectoryId = await control.code.merge(rows, unzippedBytes);
  return { layers, ...(layersDirectoryId === undefined ? {} : { layersDirectoryId }) };
}

function checkArns(context: RequestContext, arns: readonly string[]): void {
  if (arns.length > LAYERS_MAX) {
    throw invalidParameter(`Cannot reference more than ${LAYERS_MAX} layers.`);
  }
  for (const arn of arns) {
    const layer = parseLayerVersionArn(arn);
    if (layer !== undefined && layer.region !== context.region) {
      throw invalidParameter(
        'Layers are not in the same region as the function. ' +
          `Layers are expected to be in region ${context.region}.`,
      );
    }
  }
}

async function findLayer(
  queries: Queries,
  context: RequestContext,
  arn: string,
): Promise<LayerUse> {
  const missing = invalidParameter(`Layer version ${arn} does not exist.`);
  const layer = parseLayerVersionArn(arn);
  if (layer === undefined) throw missing;
  const record = await layerVersions.get(queries, layer, layer.layerName, layer.number);
  if (layer.accountId !== context.accountId) assertShared(context, arn, record);
  if (record === undefined) throw missing;
  return { arn, sha256: record.code.sha256, bytes: record.code.bytes };
}

/** Only the first pair of the same layer is named. */
function checkVersions(arns: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const arn of arns) {
    const layer = arn.slice(0, arn.lastIndexOf(':'));
    const other = seen.get(layer);
    if (other !== undefined) {
      throw invalidParameter(
        'Two different versions of the same layer are not allowed to be referenced in the same function. ' +
          `${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(layer, arn);
  }
}
