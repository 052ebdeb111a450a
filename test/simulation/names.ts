/** What the simulated account has. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const BUCKET = 'pictures';
export const TABLE = 'items';

/** Concurrency of the account: what reservations must leave, and ten to reserve. */
export const ACCOUNT_CONCURRENCY = 110;
export const TIMEOUT_MS = 3000;

/** The functions, by what becomes of them. */
export const FUNCTIONS = {
  /** Runs on each picture; stays as it is. */
  thumbnail: 'thumbnail',
  /** Changes its code and settings. */
  worker: 'worker',
  /** Changes its reserved concurrency. */
  limited: 'limited',
  /** Is deleted and made again. */
  mayfly: 'mayfly',
} as const;

export type FunctionName = (typeof FUNCTIONS)[keyof typeof FUNCTIONS];
export const FUNCTION_NAMES = ['thumbnail', 'worker', 'limited', 'mayfly'] as const;

/** Those whose events' ends reach `QUEUES.ends`; they are never deleted. */
export const WITH_DESTINATIONS: readonly string[] = ['thumbnail', 'worker'];

export const QUEUES = {
  ends: 'ends',
  work: 'work',
  workDead: 'work-dead',
  orders: 'orders.fifo',
  ordersDead: 'orders-dead.fifo',
} as const;

/** A message is received so often, then it is dead. */
export const RECEIVES_MAX = 3;
export const VISIBILITY_SECONDS = 5;

export function functionArn(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
}

export function queueUrl(name: string): string {
  return `http://127.0.0.1:4566/${ACCOUNT}/${name}`;
}
