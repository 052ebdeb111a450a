import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { OperationModel, ServiceModel } from './model.ts';
import type { SigningScope } from './signature/index.ts';
import type { WebSocketAnswer } from './web-socket.ts';
import type { RequestHead, WireRequest, WireResponse } from './wire.ts';

export type { RequestHead } from './wire.ts';

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
  /** The ARN of the stack for which CloudFormation asks; no client can say one. */
  readonly stackId?: string;
  /** The checksum that came with a body, where one did. */
  readonly checksum?: RequestChecksum;
}

/** A checksum that the client sent and the gateway verifies, in a header or behind the body. */
export interface RequestChecksum {
  /** As S3's API names it: `CRC32`. */
  readonly algorithm: string;
  /** In Base64; `undefined` until the body has ended and its checksum held. */
  readonly value: string | undefined;
}

/** An AWS operation is a function; a service is a table of them. */
export type Operation<Input, Output> = (context: RequestContext, input: Input) => Promise<Output>;

/** A service as the gateway sees it. What the table lacks is answered with 501 and its name. */
export interface Service {
  readonly model: ServiceModel;
  /** By the operation's name in the model. The inputs are parsed and validated against it. */
  readonly operations: Readonly<Record<string, Operation<never, unknown>>>;
  /** Names of operations that may come without a signature; their caller is then ANONYMOUS. */
  readonly unsigned?: ReadonlySet<string>;
  /** What its operations need where policies are evaluated. */
  readonly permissions?: Permissions;
  /** Bytes of a body that is not streamed; 16 MiB where nothing is said. */
  readonly bodyBytesMax?: number;
  /** Adds to an operation's input, before it is validated, what the request's place says: SQS's queue. */
  readonly complete?: (
    operation: OperationModel,
    input: ParsedInput,
    head: RequestHead,
  ) => ParsedInput;
}

/** An operation's input by its members' names, unchecked. */
export type ParsedInput = Readonly<Record<string, unknown>>;

/** Values of condition keys, by name; undefined ones are not there. */
export type KeyValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What policies have to allow. */
export interface Need {
  /** `s3:GetObject`. */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Condition keys that only this service has, and tags of the request. */
  readonly keys?: KeyValues;
}

/** A request, as far as its needs follow from it. */
export interface Call {
  readonly operation: string;
  readonly input: ParsedInput;
  readonly context: RequestContext;
}

/** What the operations of a service need where policies are evaluated. */
export interface Permissions {
  /** All of them must be allowed; none for what everybody may do. */
  needsOf(call: Call): readonly Need[] | Promise<readonly Need[]>;
  /** What must be allowed beside these, and takes long to find out: asked where all of these are. */
  needsOfContents?(call: Call): readonly Need[] | Promise<readonly Need[]>;
  /** Condition keys of every request to the service, beyond those that all have. */
  requestKeys?(http: RequestHead, nowMs: number): KeyValues;
  /** Where the service refuses in other words than its protocol's. */
  readonly refusal?: Refusal;
}

export interface Refusal {
  readonly code?: string;
  readonly status?: number;
  /** The action as the message writes it. */
  readonly nameAction?: (action: string) => string;
}

/** The caller of a request without a signature, where an operation takes one. */
export const ANONYMOUS: Principal = { accountId: 'anonymous', arn: '*', userId: 'anonymous' };

/**
 * Answers HTTP that no model describes: functions' URLs, deployed APIs. Asked before a request is routed,
 * and before any signature is looked at.
 */
export interface HttpSurface {
  /** Reads what `match` has to know, once the schemas are migrated and before the first request. */
  open?(): Promise<void>;
  /** True where the request is this surface's; by host or path, mostly. */
  match(head: RequestHead): boolean;
  /** An AwsError that it throws is answered as JSON, `{"message": …}`. */
  handle(exchange: SurfaceExchange): Promise<WireResponse>;
  /** Answers clients that would speak WebSocket; without it their requests are as all others. */
  upgrade?(exchange: SurfaceExchange): Promise<WebSocketAnswer>;
}

export interface SurfaceExchange {
  /** Its body is unread and unverified. */
  readonly request: WireRequest;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /**
   * Verifies the request's SigV4 signature, and reads the body for that.
   * @param scope for whom it is to be signed
   * @returns the caller and the request with its body to be read again; `undefined` for an unsigned request
   * @throws AwsError where the signature does not hold, in the words of restJson1's services
   */
  authenticate(scope: SigningScope): Promise<AuthenticatedRequest | undefined>;
}

export interface AuthenticatedRequest {
  readonly principal: Principal;
  /** By which it is signed; empty where nobody looked at that. */
  readonly accessKeyId: string;
  readonly request: WireRequest;
}
