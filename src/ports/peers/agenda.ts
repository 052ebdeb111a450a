import type { Queries } from '#ports/world/database.ts';

/**
 * When a service next has something to do, in ms since 1970: what is due or under way is in the past; `undefined`
 * where nothing waits for a time. A clock that is moved goes from one such time to the next, and misses none.
 */
export type Agenda = (queries: Queries) => Promise<number | undefined>;
