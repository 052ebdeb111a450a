/**
 * The floor of a warm invocation on this machine: what node:http and one socket to another process cost alone,
 * without signature, Lambda, log or bill. Hearth's own figure stands beside it as a ratio, which holds on a noisy
 * machine where neither number does. As a script: `bare-relay.ts relay` is the server, `bare-relay.ts echo PORT`
 * stands for the function.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createListener, type AddressInfo, type Socket } from 'node:net';

export interface BareRelay extends AsyncDisposable {
  readonly endpoint: string;
  readonly processId: number;
}

/** Starts the relay and as many echoes as requests may be under way. */
export async function startBareRelay(echoes: number): Promise<BareRelay> {
  const relay = start('relay');
  const [line] = (await once(relay.stdout ?? relay, 'data')) as [Buffer];
  const [httpPort, echoPort] = line.toString().trim().split(' ');
  const processes = Array.from({ length: echoes }, () => start('echo', String(echoPort)));
  await Promise.all(processes.map((echo) => once(echo.stdout ?? echo, 'data')));
  return {
    endpoint: `http://127.0.0.1:${httpPort}`,
    processId: relay.pid ?? 0,
    async [Symbol.asyncDispose]() {
      for (const child of [...processes, relay]) await end(child);
    },
  };
}

function start(...parameters: string[]): ChildProcess {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn(process.execPath, [import.meta.filename, ...parameters], { stdio: [...stdio] });
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function relay(): Promise<void> {
  const idle: Socket[] = [];
  const listener = createListener({ noDelay: true }, (socket) => idle.push(socket));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const socket = idle.pop();
      if (socket === undefined) throw new Error('more requests than echoes');
      socket.once('data', (data: Buffer) => {
        idle.push(socket);
        response.end(data);
      });
      socket.write(Buffer.concat(chunks));
    });
  });
  for (const one of [server, listener]) {
    one.listen(0, '127.0.0.1');
    await once(one, 'listening');
  }
  // Both listen on ports.
  const [httpPort, echoPort] = [server, listener].map((one) => (one.address() as AddressInfo).port);
  console.log(`${httpPort} ${echoPort}`);
}

function echo(port: number): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('connect', () => console.log('connected'));
  socket.on('data', (data) => socket.write(data));
}

if (import.meta.main) {
  const [role, port] = process.argv.slice(2);
  if (role === 'relay') await relay();
  else echo(Number(port));
}
