/** The Runtime API by its name: who serves it, and what a function may do with it. */
import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { it } from 'node:test';
import { reasonForNoRuntimeName } from '../support/kernel.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import {
  ISOLATIONS,
  describeIsolated,
  describeSandboxed,
  openDriver,
  runInSandbox,
} from './sandboxed.ts';

const NEEDS_NAME =
  reasonForNoRuntimeName() === false ? NEEDS_PYTHON : { skip: reasonForNoRuntimeName() };

/** Connects by name until that is refused, with the number that the server sends each; then by the port. */
const INSISTENT = `
import socket
def ask(kind, address):
    connection = socket.socket(kind, socket.SOCK_STREAM)
    connection.connect(address)
    return connection.makefile().readline().strip()
names = []
try:
    for turn in range(1000): names.append(ask(socket.AF_UNIX, "\\0hearth-runtime"))
except OSError as error: print(type(error).__name__)
print(len(names), len(set(names)), ask(socket.AF_INET, ("127.0.0.1", 9001)))
`;

/**
 * Sends along what lingers when it is closed, and closes its own: whoever reads past it closes it at last, and
 * waits for a peer that reads nothing.
 */
const LINGERING = `
import array, os, socket, struct
listener = socket.create_server(("127.0.0.1", 0))
lingering = socket.create_connection(listener.getsockname())
peer = listener.accept()
lingering.setblocking(False)
try:
    while True: lingering.send(bytes(65536))
except BlockingIOError: pass
lingering.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 60))
lingering.setblocking(True)
server = socket.socket(socket.AF_UNIX)
try:
    server.connect("\\0hearth-runtime")
    rights = array.array("i", [lingering.fileno()])
    server.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    os.close(lingering.detach())
    print("taken", flush=True)
except OSError as error: print(type(error).__name__, flush=True)
os._exit(0)
`;

function numbering(): (connection: Duplex) => void {
  let count = 0;
  return (connection) => {
    count += 1;
    connection.on('error', () => connection.destroy());
    connection.end(`${count}\n`);
  };
}

describeSandboxed('the name of the Runtime API', () => {
  it('leads to the server sixteen times, and the port still after that', NEEDS_NAME, async () => {
    await using test = await openDriver();
    const command = ['/usr/bin/python3', '-I', '-c', INSISTENT];
    const { output } = await runInSandbox(test.driver, command, {
      onRuntimeConnection: numbering(),
    });
    assert.equal(output, 'ConnectionRefusedError\n16 16 17\n');
  });

  it('leads each sandbox to itself, while another has used its own up', NEEDS_NAME, async () => {
    await using test = await openDriver();
    const command = ['/usr/bin/python3', '-I', '-c', INSISTENT];
    const outputs = await Promise.all(
      [1, 2, 3].map(async () => {
        const options = { onRuntimeConnection: numbering() };
        return (await runInSandbox(test.driver, command, options)).output;
      }),
    );
    assert.deepEqual(new Set(outputs), new Set(['ConnectionRefusedError\n16 16 17\n']));
  });
});

for (const isolation of ISOLATIONS) {
  describeIsolated(`the name of the Runtime API under ${isolation.name}`, isolation, () => {
    it('takes no descriptor whose end the server would wait for', NEEDS_PYTHON, async () => {
      await using test = await openDriver(isolation);
      const command = ['/usr/bin/python3', '-I', '-c', LINGERING];
      const { output } = await runInSandbox(test.driver, command, {
        onRuntimeConnection: (connection) => connection.on('error', () => {}).resume(),
      });
      assert.match(output, /^(PermissionError|ConnectionRefusedError)$/m);
    });
  });
}
