/**
 * The pattern language that EventBridge's rules, SNS's filter policies and Lambda's event source mappings share.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export { compilePattern } from './compile.ts';
export { matchPattern } from './match.ts';
export { PatternCache } from './pattern-cache.ts';
export type { Condition, EventPattern, PatternDialect, PatternLeaf } from './pattern.ts';
export { PatternRefused } from './tokens.ts';
