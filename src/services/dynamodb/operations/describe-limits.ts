import type { Operations } from '#aws/models/dynamodb.types.gen.ts';

/**
 * AWS's defaults of an account; nothing is throttled by them.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
 */
export function describeLimits(): Operations['DescribeLimits'] {
  return () =>
    Promise.resolve({
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    });
}

const CACHE_MINUTES = 1440;

/**
 * The endpoint that was asked is the endpoint.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html
 */
export function describeEndpoints(): Operations['DescribeEndpoints'] {
  return ({ http, region }) =>
    Promise.resolve({
      Endpoints: [
        {
          Address: http.headers['host'] ?? `dynamodb.${region}.amazonaws.com`,
          CachePeriodInMinutes: CACHE_MINUTES,
        },
      ],
    });
}
