/** Logs Insights: what a query says, and what it finds. */
export { fieldsOf } from './discover-fields.ts';
export { parseQuery } from './parse-query.ts';
export { Pipeline } from './pipeline.ts';
export { MalformedQuery } from './syntax.ts';
