/** The Runtime API by its name: who serves it, and what a function may do with it. */
import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { it } from 'node:test';
import { NEEDS_PYTHON } from '../support/python.ts';
import { describeSandboxed, openDriver, runInSandbox } from './sandboxed.ts';

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

function numbering(): (connection: Duplex) => void {
  let count = 0;
  return (connection) => {
    count += 1;
    connection.on('error', () => connection.destroy());
    connection.end(`${count}\n`);
  };
}

describeSandboxed('the name of the Runtime API', () => {
  it('leads to the server sixteen times, and the port still after that', NEEDS_PYTHON, async () => {
    await using test = await openDriver();
    const command = ['/usr/bin/python3', '-I', '-c', INSISTENT];
    const { output } = await runInSandbox(test.driver, command, {
      onRuntimeConnection: numbering(),
    });
    assert.equal(output, 'ConnectionRefusedError\n16 16 17\n');
  });

  it('leads each sandbox to itself, while another has used its own up', NEEDS_PYTHON, async () => {
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
