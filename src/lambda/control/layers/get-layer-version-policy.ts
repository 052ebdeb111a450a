import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { policyDocument } from '../../model/policy.ts';
import type { Control } from '../control.ts';
import { layerVersionAddress } from './layer-name.ts';
import { ownLayerVersion } from './layers.ts';
import { noPolicy } from '../permissions/remove-permission.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html */
export function getLayerVersionPolicy(control: Control): Operations['GetLayerVersionPolicy'] {
  return async (context, input) => {
    const address = layerVersionAddress(context, input);
    const { policy } = await control.database.read((queries) =>
      ownLayerVersion(queries, context, address, 'lambda:GetLayerVersionPolicy'),
    );
    if (policy === undefined) throw noPolicy();
    return { Policy: policyDocument(policy.statements), RevisionId: policy.revisionId };
  };
}
