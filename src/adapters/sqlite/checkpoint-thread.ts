/**
 * The thread of a checkpoint: carries most of the log over while writers go on, says so, and carries
 * the rest once they stand still.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const database = new DatabaseSync(String(workerData), { timeout: 5000 });
database.exec('PRAGMA synchronous = NORMAL');
database.exec('PRAGMA wal_checkpoint(PASSIVE)');
parentPort?.once('message', () => {
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  database.close();
});
parentPort?.postMessage('the rest is small', []);
