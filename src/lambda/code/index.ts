export { createCodeStore } from './code-store.ts';
export type { CodeSource, CodeStore, CodeStoreDependencies, StoredCode } from './code-store.ts';
export { createCodeLinks } from './code-links.ts';
export type { CodeLinks } from './code-links.ts';
export { sweepCode } from './sweep-code.ts';
