import { createNamespacesDriver } from '#adapters/namespaces/index.ts';
import { createOciDriver } from '#adapters/oci/index.ts';
import { createProcessDriver } from '#adapters/process/index.ts';
import type { Duplex } from 'node:stream';
import type { SandboxDriver, SandboxMount } from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';

export interface DriverOptions {
  /** Path of the compiled launcher, where there is one (`findLauncher`). */
  readonly launcher: string | undefined;
  /** A directory for the sandboxes, of this server alone, on the disk of the data directory. */
  readonly directory: string;
  /** A process in any sandbox connected to the server's endpoint; `sandbox` is one object for all that one has. */
  readonly onEndpointConnection: (connection: Duplex, sandbox: object) => void;
  /** `HOST:PORT` where the server listens. */
  readonly endpointAddress: string;
  /** Port and name of the URLs that clients are given; sandboxes with a network of their own have them, too. */
  readonly endpointPort: number;
  readonly endpointName?: string;
  /** A line that the launcher wrote for the operator. */
  readonly onDiagnostic: (line: string) => void;
  /** What every sandbox has, mounted once for all: the interpreters. */
  readonly baseMounts?: readonly SandboxMount[];
}

/**
 * The driver that `isolation` names (`auto`, `namespaces`, `process`, `oci:NAME`), running.
 * `auto` takes the strongest that the machine allows; its description says why it is no stronger.
 *
 * @throws SandboxUnavailable where the machine refuses what is asked for by name
 */
export async function chooseDriver(
  isolation: string,
  options: DriverOptions,
): Promise<SandboxDriver> {
  if (isolation === 'namespaces') return namespaces(options);
  if (isolation === 'process') return plainProcesses(options);
  if (isolation.startsWith('oci:')) {
    const { launcher, ...rest } = options;
    const runtime = isolation.slice('oci:'.length);
    return createOciDriver({ ...rest, launcher: needLauncher(launcher), runtime });
  }
  try {
    return await namespaces(options);
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    const weaker = await plainProcesses(options);
    const description = `${weaker.description}; stronger is refused: ${error.message}`;
    return { ...weaker, description };
  }
}

async function namespaces({ launcher, ...rest }: DriverOptions): Promise<SandboxDriver> {
  if (process.getuid?.() !== 0) throw new SandboxUnavailable('namespaces need root');
  return createNamespacesDriver({ ...rest, launcher: needLauncher(launcher) });
}

function plainProcesses({ launcher, ...rest }: DriverOptions): Promise<SandboxDriver> {
  return createProcessDriver({ ...rest, ...(launcher === undefined ? {} : { launcher }) });
}

function needLauncher(launcher: string | undefined): string {
  if (launcher !== undefined) return launcher;
  throw new SandboxUnavailable('the launcher is not compiled: apt-get install gcc libc6-dev');
}
