import type { Principal } from './credential-issuer.ts';

/** Who has operations performed, and where. */
export interface OperationSender {
  readonly principal: Principal;
  readonly accountId: string;
  readonly region: string;
  /** `127.0.0.1:4566`, by which its client reached the server; URLs in answers begin with it. */
  readonly host: string;
  /** The ARN of the stack for which it is done, where it is for one. */
  readonly stackId?: string;
}

export interface OperationCall {
  /** The service's key among the models: `lambda`, `s3`, `cloudwatch`. */
  readonly service: string;
  /** `CreateFunction`. */
  readonly operation: string;
  /** As the operation's model describes it; blobs are bytes, times are ms since 1970. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly sender: OperationSender;
}

/**
 * Operations of services by their names, as if their sender had asked by HTTP: validated, authorised where policies are
 * evaluated, and performed. For a service that works on others for somebody: CloudFormation.
 */
export interface OperationCaller {
  /**
   * @returns the operation's output, as its model describes it
   * @throws AwsError what the operation answers; 501 where nobody has built it
   */
  call(call: OperationCall, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
}
