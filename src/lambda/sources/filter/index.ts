/** Which records a mapping's filter criteria let through. */
export { compileFilter, type RecordFilter } from './record-filter.ts';
