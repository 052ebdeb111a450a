export { ConfigError, readConfig } from './config.ts';
export type { Config, ConfigInput } from './config.ts';
export { describeFlags, renderReference } from './reference.ts';
export type { Machine } from './settings.ts';
export type { Isolation } from './table.ts';
