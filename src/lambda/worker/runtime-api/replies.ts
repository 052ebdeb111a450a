import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { RESPONSE_BYTES_MAX } from '../limits.ts';
import { encodeReply, type HttpReply } from './http-reply.ts';

const JSON_LINES = 'Content-Type: application/json\r\n';

/**
 * What AWS answers to a result that it took.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export const ACCEPTED: HttpReply = encoded({
  status: 202,
  headerLines: JSON_LINES,
  body: utf8('{"status":"OK"}\n'),
});

function encoded(reply: HttpReply): HttpReply {
  return { ...reply, encoded: encodeReply(reply, true) };
}

/** An empty answer; AWS's router says so in plain text. */
export const NOT_FOUND: HttpReply = {
  status: 404,
  headerLines: 'Content-Type: text/plain; charset=utf-8\r\n',
  body: utf8('404 page not found\n'),
};

export const METHOD_NOT_ALLOWED: HttpReply = { status: 405, headerLines: '', body: EMPTY_BYTES };

export const INVALID_REQUEST_ID = errorReply(400, 'InvalidRequestID', 'Invalid request ID');

export const INVALID_RESPONSE_MODE = errorReply(
  400,
  'InvalidFunctionResponseMode',
  'Invalid function response mode',
);

export const RESPONSE_TOO_LARGE = errorReply(
  413,
  'RequestEntityTooLarge',
  `Exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`,
);

/** A call that does not fit the state that the runtime is in. */
export function invalidTransition(from: string, to: string): HttpReply {
  return errorReply(
    403,
    'InvalidStateTransition',
    `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`,
  );
}

/** An error in the form of the Runtime and Extensions APIs. */
export function errorReply(status: number, errorType: string, errorMessage: string): HttpReply {
  return jsonReply(status, { errorMessage, errorType });
}

/** A JSON answer; `headerLines` come in addition to its content type. */
export function jsonReply(status: number, value: unknown, headerLines = ''): HttpReply {
  return {
    status,
    headerLines: `${JSON_LINES}${headerLines}`,
    body: utf8(`${JSON.stringify(value)}\n`),
  };
}
