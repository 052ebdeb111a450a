import type { RequestHead } from './operation.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/**
 * What a service answers outside its operations; the gateway is given one by the service's name. S3 has preflights,
 * and forms whose policy is signed instead of the request. In both calls the path begins with the bucket.
 */
export interface ServiceExtras {
  /**
   * Answers a request by itself, before any signature is asked for; `undefined` where it is an ordinary one, whose
   * body is then unread.
   * @throws AwsError to be answered in the service's protocol
   */
  answer(exchange: Exchange): Promise<WireResponse | undefined>;
  /** Completes every other answer, an error's too, with what follows from the request's head: CORS headers. */
  complete(request: RequestHead, response: WireResponse): Promise<WireResponse>;
}

/** A request whose signature nobody has looked at. */
export interface Exchange {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/**
 * Key under which an operation's output says its HTTP status where that is not the model's: 206 for a range of an
 * object. A symbol, so that no protocol writes it.
 */
export const HTTP_STATUS: unique symbol = Symbol('HTTP status');

/** Key under which an output says headers that the model does not have: Lambda's trace. In lower case. */
export const HTTP_HEADERS: unique symbol = Symbol('HTTP headers');
