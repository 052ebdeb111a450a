import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { Control } from '../control.ts';
import { layerVersionAddress } from './layer-name.ts';
import { describeLayerVersion, readableLayerVersion } from './layers.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html */
export function getLayerVersion(control: Control): Operations['GetLayerVersion'] {
  return async (context, input) => {
    const address = layerVersionAddress(context, input);
    const record = await control.database.read((queries) =>
      readableLayerVersion(queries, context, address),
    );
    return describeLayerVersion(control, address, record);
  };
}
