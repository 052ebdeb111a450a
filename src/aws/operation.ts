import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { ServiceModel } from './model.ts';

/** What an operation may know of the request beside its input. */
export interface RequestContext {
  /** Also answered as `x-amzn-RequestId` or `x-amz-request-id`; a UUID, or S3's 16 upper-case characters. */
  readonly requestId: string;
  readonly accountId: string;
  readonly region: string;
  readonly principal: Principal;
  /** Aborts when the client goes away or the server closes. */
  readonly signal: AbortSignal;
  readonly http: RequestHead;
}

/** The request as it came. Header names are lower case; a repeated header is joined by `,`. */
export interface RequestHead {
  readonly method: string;
  /** Undecoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string;
}

/** An AWS operation is a function; a service is a table of them. */
export type Operation<Input, Output> = (context: RequestContext, input: Input) => Promise<Output>;

/** A service as the gateway sees it. What the table lacks is answered with 501 and its name. */
export interface Service {
  readonly model: ServiceModel;
  /** By the operation's name in the model. The inputs are parsed and validated against it. */
  readonly operations: Readonly<Record<string, Operation<never, unknown>>>;
}
