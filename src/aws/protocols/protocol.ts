/** What the gateway asks of a wire protocol. A protocol knows models, never a service. */
import type { Turns } from '#kernel/turns.ts';
import type { AwsError } from '../errors.ts';
import type { OperationModel, ProtocolName, ServiceModel } from '../model.ts';
import type { WireRequest, WireResponse } from '../wire.ts';

/**
 * An operation's input as its types say: timestamps in ms since 1970, blobs as Uint8Array, streaming blobs as
 * AsyncIterable<Uint8Array>, absent members absent.
 */
export type Input = Readonly<Record<string, unknown>>;

/** A request whose operation is known. */
export interface Call {
  readonly operation: OperationModel;
  /**
   * The input, of the right types but not yet checked against the model's constraints; may be asked for once.
   * Reads the body unless the operation streams it.
   * @throws AwsError SerializationException (or the protocol's word for it), RequestEntityTooLarge
   */
  parse(): Input | Promise<Input>;
}

export interface OpenOptions {
  /** Bytes of a body that is not streamed; more are answered with 413. Default: 16 MiB. */
  readonly bodyBytesMax?: number;
  /** Has bodies that clients compressed unpacked one after another. */
  readonly turns?: Turns;
}

export interface Protocol {
  readonly name: ProtocolName;
  /**
   * Finds the operation that a request names: by `X-Amz-Target`, `Action`, or method, path and query. The body is
   * read only where the operation's name may be in it (awsQuery). For S3 the path begins with the bucket.
   * @throws AwsError UnknownOperationException, InvalidAction, MethodNotAllowed: as the protocol says it
   */
  open(model: ServiceModel, request: WireRequest, options?: OpenOptions): Call | Promise<Call>;
  /** The answer to a success. An output's stream becomes the response's stream. */
  serialize(
    model: ServiceModel,
    operation: OperationModel,
    output: unknown,
    requestId: string,
  ): WireResponse;
  /** The answer to an error, which the model need not name. */
  serializeError(model: ServiceModel, error: AwsError, requestId: string): WireResponse;
}
