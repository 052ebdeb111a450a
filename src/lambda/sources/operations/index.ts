/** The operations on event source mappings; compose merges them with the control plane's. */
import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { createEventSourceMapping } from './create-event-source-mapping.ts';
import { deleteEventSourceMapping } from './delete-event-source-mapping.ts';
import type { MappingOperationsDependencies } from './dependencies.ts';
import { getEventSourceMapping } from './get-event-source-mapping.ts';
import { listEventSourceMappings } from './list-event-source-mappings.ts';
import { updateEventSourceMapping } from './update-event-source-mapping.ts';

export { MAPPINGS_TOPIC } from './dependencies.ts';
export type { MappingOperationsDependencies } from './dependencies.ts';
export { mappingTags } from './mapping-tags.ts';

export type MappingOperations = Pick<
  Operations,
  | 'CreateEventSourceMapping'
  | 'DeleteEventSourceMapping'
  | 'GetEventSourceMapping'
  | 'ListEventSourceMappings'
  | 'UpdateEventSourceMapping'
>;

/** The table, by the operations' names. */
export function mappingOperations(dependencies: MappingOperationsDependencies): MappingOperations {
  return {
    CreateEventSourceMapping: createEventSourceMapping(dependencies),
    DeleteEventSourceMapping: deleteEventSourceMapping(dependencies),
    GetEventSourceMapping: getEventSourceMapping(dependencies),
    ListEventSourceMappings: listEventSourceMappings(dependencies),
    UpdateEventSourceMapping: updateEventSourceMapping(dependencies),
  };
}
