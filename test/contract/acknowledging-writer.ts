/** The child of the crash test: writes transactions without end and prints each that was acknowledged. */
import { once } from 'node:events';
import { openDatabase } from '#adapters/sqlite/index.ts';

const [path = '', name = ''] = process.argv.slice(2);
const database = await openDatabase({ path, checkpointFramesMax: 64 });
await database.migrate({
  name: 'crash',
  steps: ['CREATE TABLE ack (id TEXT PRIMARY KEY, content TEXT)'],
});

async function writer(lane: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    const id = `${name}-${lane}-${n}`;
    await database.transact((tx) => tx.run('INSERT INTO ack VALUES ($1, $2)', id, 'x'.repeat(500)));
    // Printed without waiting for it where the pipe has room: an acknowledgement told is a promise made.
    if (!process.stdout.write(`${id}\n`)) await once(process.stdout, 'drain');
  }
}
await Promise.all(Array.from({ length: 16 }, (_, lane) => writer(lane)));
