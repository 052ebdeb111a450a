/** What the simulated account has. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const BUCKET = 'pictures';
export const TABLE = 'items';

/** Concurrency of the account: what reservations must leave, ten to reserve, and ten to provision. */
export const ACCOUNT_CONCURRENCY = 120;
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
  /** Has environments that are kept ready, under the alias `live`. */
  ready: 'ready',
} as const;

/** The alias of `ready`. */
export const LIVE = 'live';

/** Functions that sources call, by their source; they stay as they are. */
export const HANDLERS = {
  jobs: 'jobber',
  parcels: 'porter',
  ledger: 'auditor',
  readings: 'meter',
  news: 'newsreader',
} as const;

export type FunctionName = (typeof FUNCTIONS)[keyof typeof FUNCTIONS];
export const FUNCTION_NAMES = ['thumbnail', 'worker', 'limited', 'mayfly', 'ready'] as const;

/** Those whose events' ends reach `QUEUES.ends`; they are never deleted. */
export const WITH_DESTINATIONS: readonly string[] = ['thumbnail', 'worker'];

export const QUEUES = {
  ends: 'ends',
  work: 'work',
  workDead: 'work-dead',
  orders: 'orders.fifo',
  ordersDead: 'orders-dead.fifo',
  /** Polled for `HANDLERS.jobs` and `HANDLERS.parcels`. */
  jobs: 'jobs',
  jobsDead: 'jobs-dead',
  parcels: 'parcels.fifo',
  parcelsDead: 'parcels-dead.fifo',
  /** Told of what the mappings of streams give up. */
  ledgerFailed: 'ledger-failed',
  readingsFailed: 'readings-failed',
  /** Subscribed to `TOPIC`; `alerts` to what is urgent. */
  news: 'news',
  alerts: 'alerts',
  /** What rules and schedules fire into. */
  ticks: 'ticks',
  ticksDead: 'ticks-dead',
  /** Its messages are dead after one receive; they are moved back, or to the shelf. */
  returns: 'returns',
  returnsDead: 'returns-dead',
  shelf: 'shelf',
} as const;

/** A message is received so often, then it is dead. */
export const RECEIVES_MAX = 3;
export const VISIBILITY_SECONDS = 5;
/** Of queues that are polled for functions: longer than any wait for room, init and run together. */
export const POLLED_VISIBILITY_SECONDS = 60;

/** A table whose stream is read. */
export const LEDGER = 'ledger';
/** Records of the ledger are given up after so long. */
export const LEDGER_AGE_SECONDS_MAX = 60;
/** A stream whose shards split and merge. */
export const READINGS = 'readings';
export const TOPIC = 'news';

export function functionArn(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
}

export function topicArn(name: string): string {
  return `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
}

export function ruleArn(name: string): string {
  return `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`;
}

export function scheduleArn(name: string): string {
  return `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/${name}`;
}

export function kinesisArn(name: string): string {
  return `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${name}`;
}

export function queueUrl(name: string): string {
  return `http://127.0.0.1:4566/${ACCOUNT}/${name}`;
}
