/** What functions receive of a queue's messages, whoever keeps the queue. */

/** An attribute of a message, as SQS tells it. */
export interface QueueAttribute {
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
  readonly DataType?: string | undefined;
}

/**
 * A message's attributes in Lambda's own spelling; binary values in base64.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export function eventAttributes(
  attributes: Readonly<Record<string, QueueAttribute>>,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(attributes).map(([name, value]) => [
    name,
    {
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined
        ? {}
        : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType,
    },
  ]);
  return Object.fromEntries(entries);
}
