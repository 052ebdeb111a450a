import type { Clock } from '#ports/world/clock.ts';

import type { TagBearers } from '../../control/index.ts';
import { mappings } from '../store.ts';
import { loadMapping } from './dependencies.ts';

/** How TagResource and its kin reach the tags of a mapping. */
export function mappingTags(clock: Clock): TagBearers {
  return {
    'event-source-mapping': (scope, uuid) => ({
      read: async (queries) => (await loadMapping(queries, scope, uuid, clock.steadyMs())).tags,
      write: async (tx, tags) => {
        const mapping = await loadMapping(tx, scope, uuid, clock.steadyMs());
        await mappings.put(tx, scope, { ...mapping, tags });
      },
    }),
  };
}
