import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExampleServer } from '../../examples/server.ts';
import { invocationRequest } from '../functions.ts';
import { createLeanClient } from '../lean-client.ts';

const READY_MS = 60_000;
const LOOK_MS = 2;

/** Something that runs the same handler behind the same request. */
export interface Peer {
  readonly name: string;
  /** What stands for the server, and the function's name there. */
  readonly server: ExampleServer;
  readonly functionName: string;
  /** Invokes the function once where nothing of it runs, and answers how long that took, in ms. */
  coldMs(round: number): Promise<number>;
}

/** How a peer that is a program is started. */
export interface PeerProgram {
  readonly name: string;
  readonly functionName: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly port: number;
}

/** Starts a program and answers it as a peer; its cold start is its own, from its start to its first answer. */
export async function runProgram(
  program: PeerProgram,
  server: ExampleServer,
  running: Set<ChildProcess>,
): Promise<Peer | string> {
  const { name, functionName } = program;
  const endpoint = `http://127.0.0.1:${program.port}`;
  // Signed as for the server here: the others do not look.
  const own = { ...server, endpoint };
  let process = start(program, running);
  const peer: Peer = {
    name,
    functionName,
    server: own,
    async coldMs() {
      await end(process, running);
      const from = performance.now();
      process = start(program, running);
      if (!(await answers(own, functionName))) throw new Error(`${name} did not start again`);
      return performance.now() - from;
    },
  };
  return (await answers(own, functionName)) ? peer : `${name}: it did not answer`;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function start(program: PeerProgram, running: Set<ChildProcess>): ChildProcess {
  const [command = '', ...args] = program.command;
  const started = spawn(command, args, {
    cwd: program.directory,
    env: { ...process.env, ...program.environment },
    stdio: 'ignore',
    // A group of its own, so that what it starts ends with it.
    detached: true,
  });
  running.add(started);
  return started;
}

/** Ends a program and all that it started. */
export async function end(started: ChildProcess, running: Set<ChildProcess>): Promise<void> {
  running.delete(started);
  if (started.exitCode !== null || started.signalCode !== null) return;
  const exited = once(started, 'exit');
  if (started.pid !== undefined) process.kill(-started.pid, 'SIGKILL');
  await exited;
}

async function answers(server: ExampleServer, functionName: string): Promise<boolean> {
  const request = invocationRequest(functionName, { name: 'Ada' });
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    try {
      using client = await createLeanClient(server, request);
      await client.call();
      return true;
    } catch {
      await sleep(LOOK_MS);
    }
  }
  return false;
}
