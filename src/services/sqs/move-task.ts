/** A task that moves what lies in a dead-letter queue: what it is, and its handle. */
import { isObject, parseJson } from '#kernel/json.ts';

export interface MoveTask {
  /** A UUID. */
  readonly taskId: string;
  readonly sourceQueueId: string;
  readonly sourceArn: string;
  /** Without it, each message goes back to the queue that it came from. */
  readonly destinationArn?: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  /** Messages a second at most; as fast as it goes without it. */
  readonly perSecond?: number;
  readonly moved: number;
  /** What lay in the queue when the task began. */
  readonly toMove: number;
  readonly startedAtMs: number;
  /** When the next messages may be moved, in ms since 1970. */
  readonly nextAtMs: number;
  readonly failureReason?: string;
}

/** What a task's handle tells. */
export interface TaskHandle {
  readonly taskId: string;
  readonly sourceArn: string;
}

/**
 * Base64 of JSON, as AWS's own handles are.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html its example
 */
export function formatTaskHandle({ taskId, sourceArn }: TaskHandle): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString('base64');
}

/** What a handle tells, or `undefined` where it is none. */
export function parseTaskHandle(handle: string): TaskHandle | undefined {
  const parsed = parseJson(Buffer.from(handle, 'base64').toString('utf8'));
  if (!isObject(parsed)) return undefined;
  const { taskId, sourceArn } = parsed;
  if (typeof taskId !== 'string' || typeof sourceArn !== 'string') return undefined;
  return { taskId, sourceArn };
}
