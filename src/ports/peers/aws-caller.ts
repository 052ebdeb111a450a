import type { HttpAnswer } from '../world/http-client.ts';

/** A request to a service of AWS's, before it is signed. */
export interface AwsRequest {
  /** As signatures name it: `sqs`. */
  readonly service: string;
  readonly region: string;
  /** The role with which it is asked; one of the source's account. */
  readonly roleArn: string;
  /** On account of what it is asked, and whose that is: what asks with somebody's role has to be his. */
  readonly sourceArn: string;
  readonly sourceAccountId: string;
  readonly method: string;
  /** With the query, encoded: `/bucket/key?acl`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

/** Asks services by their own protocols, signed by a role: what gateways put in front of them does so, whatever the service. */
export interface AwsCaller {
  /** Resolves in any case; rejects only with the signal's reason when it aborts. */
  call(request: AwsRequest, signal: AbortSignal): Promise<HttpAnswer>;
}
