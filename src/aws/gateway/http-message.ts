/** Requests and answers of node:http and of node:http2, which differ little. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

export type HttpRequest = IncomingMessage | Http2ServerRequest;
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** Whether the answer's connection or stream has ended, on either side. */
export function isGone(response: HttpResponse): boolean {
  return 'stream' in response ? response.stream.closed : response.closed;
}

/** Whether the whole answer was handed to the connection. */
export function isSent(response: HttpResponse): boolean {
  return 'stream' in response ? !response.stream.aborted : response.writableFinished;
}
