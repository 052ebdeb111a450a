import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { invalidParameter } from '../../errors.ts';
import type { Control } from '../control.ts';
import { checkTags, tagBearer } from './tags.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export function tagResource(control: Control): Operations['TagResource'] {
  return async (context, { Resource, Tags }) => {
    const bearer = tagBearer(context, Resource, control.tagBearers);
    if (Object.keys(Tags).length === 0) {
      throw invalidParameter('An error occurred and the request cannot be processed.');
    }
    await control.database.transact(async (tx) => {
      const tags = { ...(await bearer.read(tx)), ...Tags };
      checkTags(tags);
      await bearer.write(tx, tags);
    });
    return {};
  };
}
