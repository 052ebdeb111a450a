/**
 * The thread of checkpoints: carries most of the log over while writers go on, says so, and carries the
 * rest once they stand still; then waits for the next.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointAnswer, CheckpointWord } from './checkpoint.ts';

const database = new DatabaseSync(String(workerData), { timeout: 5000 });
database.exec('PRAGMA synchronous = NORMAL');

parentPort?.on('message', (word: CheckpointWord) => {
  if (word === 'end') {
    database.close();
    parentPort?.close();
    return;
  }
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  const answer: CheckpointAnswer = word === 'begin' ? 'the rest is small' : 'done';
  parentPort?.postMessage(answer, []);
});
