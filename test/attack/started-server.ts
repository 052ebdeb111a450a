/** A server that tests may kill, with three sandboxes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { childrenOf, numberOf } from './remains.ts';

export interface StartedServer {
  readonly server: ChildProcess;
  readonly launcher: number;
  readonly number: number;
  readonly directory: string;
}

/** The launcher that this process started last. */
export function launcherOf(pid: number): number {
  const launcher = childrenOf(pid).at(-1);
  assert.ok(launcher !== undefined, 'no launcher runs');
  return launcher;
}

/** One whose sandboxes sleep, or are reset all the time. */
export async function startServer(isolation: string, when: '' | 'resets'): Promise<StartedServer> {
  const program = path.join(import.meta.dirname, 'server.ts');
  const server = spawn(process.execPath, [program, isolation, when], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.ok(server.stdout !== null && server.pid !== undefined);
  const [line]: Buffer[] = await once(server.stdout, 'data');
  const launcher = launcherOf(server.pid);
  return { server, launcher, number: numberOf(launcher), directory: String(line).trim() };
}
