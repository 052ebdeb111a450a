import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { Control } from '../control.ts';
import { tagBearer } from './tags.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html */
export function listTags(control: Control): Operations['ListTags'] {
  return async (context, { Resource }) => {
    const bearer = tagBearer(context, Resource, control.tagBearers);
    return { Tags: await control.database.read((queries) => bearer.read(queries)) };
  };
}
