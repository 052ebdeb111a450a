export { describeExit } from './exit.ts';
export { findLauncher } from './find-launcher.ts';
export type { LauncherCommand, LauncherHello } from './launcher-link.ts';
export { LaunchedSandboxes } from './launched-sandboxes.ts';
export type { LaunchOptions } from './launched-sandboxes.ts';
export { limitFields } from './limit-fields.ts';
export { pipesRead } from './prepared-sandbox.ts';
