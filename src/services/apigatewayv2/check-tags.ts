import { badRequest } from './errors.ts';
import { TAGS_MAX } from './limits.ts';
import type { Tags } from './model.ts';

const KEY_LENGTH_MAX = 128;
const VALUE_LENGTH_MAX = 256;

/** @throws AwsError BadRequestException where there are too many tags, or one that cannot be */
export function checkTags(tags: Tags): void {
  const entries = Object.entries(tags);
  if (entries.length > TAGS_MAX) throw badRequest(`A resource can have ${TAGS_MAX} tags at most.`);
  for (const [key, value] of entries) {
    if (key === '' || key.length > KEY_LENGTH_MAX || value.length > VALUE_LENGTH_MAX) {
      throw badRequest(`Invalid tag ${key}`);
    }
    if (key.toLowerCase().startsWith('aws:')) throw badRequest('Tags cannot start with aws:');
  }
}
