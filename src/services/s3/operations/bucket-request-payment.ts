import type { Operations, RequestPaymentConfiguration } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';

const kind = 'request-payment';

/** Stored alone. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html */
export function putBucketRequestPayment(core: S3Core): Operations['PutBucketRequestPayment'] {
  return async (context, input) => {
    const { RequestPaymentConfiguration: configuration } = input;
    if (!['Requester', 'BucketOwner'].includes(configuration.Payer)) throw s3Error('MalformedXML');
    await writeConfiguration(core, { context, input, kind }, () => configuration);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html */
export function getBucketRequestPayment(core: S3Core): Operations['GetBucketRequestPayment'] {
  return async (context, input) => {
    const call = { context, input, kind } as const;
    const found = await readConfiguration<RequestPaymentConfiguration>(core, call);
    return found ?? { Payer: 'BucketOwner' };
  };
}
