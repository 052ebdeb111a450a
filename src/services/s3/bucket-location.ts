import { s3Error } from './errors.ts';
import { isRegion } from './regions.ts';

export const US_EAST_1 = 'us-east-1';

/** The old name of eu-west-1 in location constraints. */
const EU = 'EU';
const EU_REGION = 'eu-west-1';

export interface BucketLocation {
  readonly region: string;
  /** As GetBucketLocation answers it. */
  readonly constraint: string;
}

/**
 * Where a new bucket is to be, by the Region that was asked and the location constraint.
 * @throws AwsError InvalidLocationConstraint, IllegalLocationConstraintException
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * Recorded: s3.json TestS3::test_different_location_constraint, test_create_bucket_with_invalid_location_constraint
 */
export function locateBucket(
  requestRegion: string,
  constraint: string | undefined,
): BucketLocation {
  const given = constraint ?? '';
  if (requestRegion === US_EAST_1) {
    if (given === '') return { region: US_EAST_1, constraint: '' };
    if (given === EU) return { region: EU_REGION, constraint: EU };
    if (given !== US_EAST_1 && isRegion(given)) return { region: given, constraint: given };
    throw s3Error('InvalidLocationConstraint', { LocationConstraint: given });
  }
  const region = given === EU ? EU_REGION : given;
  if (region === requestRegion) return { region, constraint: given };
  const name = given === '' ? 'unspecified' : given;
  throw s3Error(
    'IllegalLocationConstraintException',
    {},
    `The ${name} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}
