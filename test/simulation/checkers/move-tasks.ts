/** Every move task ends, and has counted each message that left a dead-letter queue, once. */
import type { Database } from '#ports/world/database.ts';
import { QUEUES, queueArn } from '../names.ts';

interface Moves {
  readonly running: number;
  readonly failed: number;
  readonly counted: number;
  readonly gone: number;
}

/** Once nothing starts tasks. Nobody receives or deletes what lies in the dead-letter queue. */
export async function checkMoveTasks(
  database: Database,
  complain: (text: string) => void,
): Promise<void> {
  const arn = queueArn(QUEUES.returnsDead);
  const moves = await database.read((queries) =>
    queries.get<Moves>(
      `SELECT
         (SELECT COUNT(*) FROM sqs_move_tasks WHERE status = 'RUNNING') AS running,
         (SELECT COUNT(*) FROM sqs_move_tasks WHERE status = 'FAILED') AS failed,
         (SELECT COALESCE(SUM(count), 0) FROM simulation_moves WHERE source_arn = $1) AS counted,
         (SELECT COUNT(*) FROM simulation_gone JOIN sqs_queues USING (queue_id)
          WHERE name = $2) AS gone`,
      arn,
      QUEUES.returnsDead,
    ),
  );
  const { running = 0, failed = 0, counted = 0, gone = 0 } = moves ?? {};
  if (running > 0) complain(`${running} move tasks run for ever`);
  if (failed > 0) complain(`${failed} move tasks failed`);
  if (counted !== gone) complain(`move tasks counted ${counted} messages, and ${gone} left`);
}
