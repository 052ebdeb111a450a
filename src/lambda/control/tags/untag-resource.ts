import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { Control } from '../control.ts';
import { tagBearer } from './tags.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html */
export function untagResource(control: Control): Operations['UntagResource'] {
  return async (context, { Resource, TagKeys }) => {
    const bearer = tagBearer(context, Resource, control.tagBearers);
    await control.database.transact(async (tx) => {
      const tags = Object.entries(await bearer.read(tx));
      const kept = tags.filter(([key]) => !TagKeys.includes(key));
      await bearer.write(tx, Object.fromEntries(kept));
    });
    return {};
  };
}
