/** The sandboxes of this machine, and the languages that run in them. */
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import {
  findDotnets,
  findJavas,
  findNode,
  findPythons,
  findRubies,
} from '#adapters/interpreters/index.ts';
import { findLauncher } from '#adapters/launcher/index.ts';
import { chooseDriver } from '#adapters/sandbox-drivers/index.ts';
import type { Config } from '#config/index.ts';
import { createRuntimeTable, type RuntimeTable } from '#lambda/worker/index.ts';
import type { Log } from '#ports/world/log.ts';
import type { SandboxDriver, SandboxMount } from '#ports/world/sandbox.ts';

/** The root of this package, where the launcher and the runtimes are. */
export const PACKAGE_ROOT = resolve(import.meta.dirname, '../..');

export interface IsolationOptions {
  readonly config: Config;
  readonly log: Log;
  /** `HOST:PORT` where the server listens. */
  readonly endpointAddress: string;
  /** Port and name of the URLs that clients are given. */
  readonly endpointPort: number;
  readonly endpointName?: string;
  /** A sandbox's connection to the server's endpoint; `sandbox` is one object for all that one has. */
  readonly onEndpointConnection: (connection: Duplex, sandbox: object) => void;
}

/**
 * Starts what the configuration asks for.
 * @throws SandboxUnavailable where the machine refuses an isolation that was named
 */
export async function openIsolation(
  options: IsolationOptions,
): Promise<{ readonly driver: SandboxDriver; readonly runtimes: RuntimeTable }> {
  const { config, log, ...endpoint } = options;
  const runtimesDirectory = join(PACKAGE_ROOT, 'runtimes');
  const node = findNode();
  const javas = findJavas(runtimesDirectory);
  const dotnets = findDotnets(runtimesDirectory);
  const driver = await chooseDriver(config.isolation, {
    launcher: findLauncher(PACKAGE_ROOT),
    directory: resolve(config.dataDir, 'sandboxes'),
    ...endpoint,
    onDiagnostic: (line) => log.warn(line),
    baseMounts: distinct([node, ...javas, ...dotnets].flatMap(({ mounts }) => mounts)),
  });
  const runtimes = createRuntimeTable({
    runsImages: driver.replacesRoots === true,
    runtimesDirectory,
    node,
    pythons: findPythons(),
    javas,
    rubies: findRubies(),
    dotnets,
  });
  return { driver, runtimes };
}

/** Each place once: versions of a language may share one. */
function distinct(mounts: readonly SandboxMount[]): readonly SandboxMount[] {
  return [...new Map(mounts.map((mount) => [mount.target, mount])).values()];
}
