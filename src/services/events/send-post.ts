/** One request to an API destination, and what follows from its answer. */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { HttpAnswer } from '#ports/world/http-client.ts';
import type { ApiDestination, Connection } from './connection.ts';
import { count, sendDeadLetter, type Failure } from './dead-letter.ts';
import type { PostDependencies } from './dependencies.ts';
import { requestOf } from './http-request.ts';
import { apiDestinationOf, connectionOf } from './store-connections.ts';
import { deletePost, savePost, type Post } from './store-posts.ts';

const RETRY_DELAY_MS_MAX = 10 * MINUTE_MS;
/** The server wants other credentials: a token may have ended early. */
const UNAUTHORIZED: readonly number[] = [401, 407];

/** What became of one attempt. */
type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'retry'; readonly failure: Failure; readonly waitMs?: number };

/** Sends a post once, and stores what follows: its end, its dead letter or when it is sent again. */
export async function sendPost(
  dependencies: PostDependencies,
  post: Post,
  signal: AbortSignal,
): Promise<void> {
  const { database } = dependencies;
  const outcome = await attempt(dependencies, post, signal);
  await database.transact((tx) => conclude(dependencies, tx, post, outcome));
}

async function attempt(
  dependencies: PostDependencies,
  post: Post,
  signal: AbortSignal,
): Promise<Outcome> {
  const { database, http, tokens, clock } = dependencies;
  const { destination, connection } = await database.read(async (queries) => {
    const found = await apiDestinationOf(queries, post.destinationArn);
    return {
      destination: found,
      connection: found && (await connectionOf(queries, found.connectionArn)),
    };
  });
  if (destination === undefined || connection === undefined) {
    return refused('NO_RESOURCE', 'The API destination or its connection does not exist.');
  }
  if (connection.state === 'DEAUTHORIZED' || connection.auth === undefined) {
    return refused('NO_PERMISSIONS', 'The connection is not authorized.');
  }
  const token = await tokenOf(dependencies, destination, connection, signal);
  if (token?.kind === 'refused') {
    return { kind: 'retry', failure: { code: 'CONNECTION_FAILURE', message: token.reason } };
  }
  const request = requestOf({
    destination,
    auth: connection.auth,
    parameters: post.body.parameters,
    payload: post.payload,
    ...(token === undefined ? {} : { token: token.token }),
  });
  if (request === undefined) {
    return refused('INVALID_PARAMETER', 'The path parameters make no URL of the endpoint.');
  }
  const answer = await http.post(request, signal);
  const isUnauthorized = answer.kind === 'answered' && UNAUTHORIZED.includes(answer.status);
  if (isUnauthorized && token !== undefined) {
    tokens.forget(destination.connectionArn);
    return { kind: 'retry', failure: failureOf(answer.status) };
  }
  return outcomeOf(answer, clock.now());
}

function tokenOf(
  { tokens }: PostDependencies,
  { connectionArn }: ApiDestination,
  { auth }: Connection,
  signal: AbortSignal,
) {
  const oauth = auth?.OAuthParameters;
  return oauth === undefined ? undefined : tokens.get(connectionArn, oauth, signal);
}

/**
 * 409, 429 and 5xx are tried again, other errors are not; a redirect is not followed and is the end.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
function outcomeOf(answer: HttpAnswer, nowMs: number): Outcome {
  if (answer.kind === 'failed') {
    const code = answer.reason === 'timeout' ? 'TIMEOUT' : 'CONNECTION_FAILURE';
    return { kind: 'retry', failure: { code, message: answer.reason } };
  }
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const failure = failureOf(status);
  if (status !== 409 && status !== 429 && status < 500) return { kind: 'refused', failure };
  const afterMs = retryAfter(headers?.['retry-after'], nowMs);
  if (afterMs !== undefined && afterMs < 0) return { kind: 'refused', failure };
  return {
    kind: 'retry',
    failure,
    ...(afterMs === undefined ? {} : { waitMs: afterMs }),
  };
}

function failureOf(status: number): Failure {
  return { code: 'ERROR_FROM_TARGET', message: `The target answered with status ${status}.` };
}

function refused(code: string, message: string): Outcome {
  return { kind: 'refused', failure: { code, message } };
}

/** How long to wait at the least, in ms: seconds or a date; negative where the server wants no more. */
function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^-?\d{1,9}$/.test(header)) return Number(header) * SECOND_MS;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

async function conclude(
  dependencies: PostDependencies,
  tx: Transaction,
  post: Post,
  outcome: Outcome,
): Promise<void> {
  const { clock, random } = dependencies;
  const { rule, attemptsMax, ageMsMax, acceptedAtMs, deadLetterArn } = post.body;
  if (outcome.kind === 'taken') {
    count(dependencies, rule, 'Invocations');
    return deletePost(tx, post.id);
  }
  const attempts = post.attempts + 1;
  const backoffMs = Math.min(RETRY_DELAY_MS_MAX, SECOND_MS * 2 ** post.attempts);
  const delayMs = backoffMs * (0.5 + random.fraction() / 2);
  const againAtMs =
    outcome.kind === 'retry' ? clock.steadyMs() + Math.max(delayMs, outcome.waitMs ?? 0) : Infinity;
  const isSpent = attempts > attemptsMax;
  const isOld = againAtMs > acceptedAtMs + ageMsMax;
  if (outcome.kind === 'retry' && !isSpent && !isOld) {
    count(dependencies, rule, 'RetryInvocationAttempts');
    return savePost(tx, { ...post, attempts }, Math.ceil(againAtMs));
  }
  await deletePost(tx, post.id);
  count(dependencies, rule, 'Invocations');
  count(dependencies, rule, 'FailedInvocations');
  if (deadLetterArn === undefined) return undefined;
  const { failure } = outcome;
  const exhausted = isSpent ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds';
  await sendDeadLetter(dependencies, tx, {
    rule,
    targetArn: post.destinationArn,
    deadLetterArn,
    payload: post.payload,
    failure: outcome.kind === 'retry' ? { ...failure, exhausted, retries: post.attempts } : failure,
  });
  return undefined;
}
