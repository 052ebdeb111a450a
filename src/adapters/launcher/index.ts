export { describeExit } from './exit.ts';
export { findLauncher } from './find-launcher.ts';
export {
  RUNTIME_API_ADDRESS,
  RUNTIME_API_PORT,
  endpointPortInside,
  loopback,
} from './inside-addresses.ts';
export type { LauncherCommand, LauncherExit, LauncherHello } from './launcher-link.ts';
export { LaunchedSandboxes } from './launched-sandboxes.ts';
export type { LaunchOptions, LaunchedSandbox } from './launched-sandboxes.ts';
export { pipesRead } from './prepared-sandbox.ts';
