import type { Transaction } from '#ports/world/database.ts';

/** An event that one service hands to a target of another. */
export interface Delivery {
  readonly targetArn: string;
  /** Who delivers, as a policy's condition sees it: `aws:SourceArn`. */
  readonly sourceArn: string;
  /** The service that delivers, as a policy's principal: `s3.amazonaws.com`. */
  readonly sourceService: string;
  readonly sourceAccountId: string;
  /** The role with which it delivers, where it has one for that. */
  readonly roleArn?: string;
  /** Who sends, as messages of SQS show it; the account where nothing is said. */
  readonly senderId?: string;
  /** The event, as bytes of UTF-8; at most the target's own limit. */
  readonly payload: Uint8Array;
  /** What only some targets read. */
  readonly options?: DeliveryOptions;
}

export interface DeliveryOptions {
  /** SQS FIFO, SNS FIFO. */
  readonly messageGroupId?: string;
  readonly deduplicationId?: string;
  /** Message attributes of SQS and SNS, by name. */
  readonly attributes?: Readonly<Record<string, DeliveryAttribute>>;
  readonly subject?: string;
  /** Kinesis. */
  readonly partitionKey?: string;
  /** The trace header that travels with the event, and in it how often the chain has passed functions. */
  readonly traceHeader?: string;
  /** A target's dead-letter policy and bounds where the source sets them (EventBridge, Scheduler). */
  readonly retry?: DeliveryRetry;
}

export interface DeliveryAttribute {
  readonly type: string;
  readonly value: string | Uint8Array;
}

export interface DeliveryRetry {
  readonly attemptsMax?: number;
  readonly ageMsMax?: number;
  readonly deadLetterArn?: string;
}

/** Whether a target can be delivered to by a source. */
export type DeliveryCheck = 'deliverable' | 'missing' | 'forbidden' | 'unsupported';

/**
 * Services meet by pushing. The delivery becomes rows of the target's service in the caller's
 * transaction: what the source acknowledges is delivered, or neither happens.
 */
export interface Deliverer {
  /**
   * Writes the delivery. A target that is gone or that refuses is no error of the source's request;
   * the answer tells, for the source's own retry, dead letter or metric.
   */
  deliver(delivery: Delivery, tx: Transaction): Promise<DeliveryCheck>;
  /** Looks without delivering, for the validation of a configuration. */
  check(target: Omit<Delivery, 'payload' | 'options'>, tx: Transaction): Promise<DeliveryCheck>;
}
