/** Lambda's event source mappings: their operations, and the loop that polls for them. */
export { mappingPermissions } from './permissions.ts';
export { createEventSources, eventSourceTags } from './event-sources.ts';
export type { EventSources, EventSourcesDependencies } from './event-sources.ts';
