import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { resourceNotFound } from '../../errors.ts';
import type { Control } from '../control.ts';
import { parseLayerVersionArn } from './layer-name.ts';
import { describeLayerVersion, readableLayerVersion } from './layers.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html */
export function getLayerVersionByArn(control: Control): Operations['GetLayerVersionByArn'] {
  return async (context, { Arn }) => {
    const address = parseLayerVersionArn(Arn);
    if (address === undefined || address.region !== context.region) throw resourceNotFound();
    const record = await control.database.read((queries) =>
      readableLayerVersion(queries, context, address),
    );
    return describeLayerVersion(control, address, record);
  };
}
