import type { AwsError } from '#aws/errors.ts';
import type { ImageAddress } from '#ports/peers/image-reader.ts';
import { invalidParameter } from '../errors.ts';

const REFERENCE = String.raw`(?::(?<tag>\w[\w.-]{0,127})|@(?<digest>sha256:[0-9a-f]{64}))`;
const NAME = String.raw`(?<repository>[a-z0-9][a-z0-9._/-]*)`;
/** AWS's own form. */
const OF_AWS = new RegExp(
  String.raw`^(?<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/${NAME}${REFERENCE}$`,
);
/** As this server's repositories are pushed to, by whatever name and port it is reached. */
const OF_SERVER = new RegExp(
  String.raw`^[\w.-]+(?::\d+)?/(?<account>\d{12})/(?<region>[a-z]{2}(?:-[a-z]+)+-\d+)/${NAME}${REFERENCE}$`,
);

/**
 * Where the image of a URI is kept: in a repository of this server's Amazon ECR, whether it is named as AWS names it or
 * as clients here push to it.
 * @throws AwsError InvalidParameterValueException for what is the URI of no image in Amazon ECR
 * @see https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
 */
export function imageAddress(imageUri: string): ImageAddress {
  const groups = (OF_AWS.exec(imageUri) ?? OF_SERVER.exec(imageUri))?.groups;
  if (groups === undefined) throw notValid(imageUri);
  const { account = '', region = '', repository = '', tag, digest = '' } = groups;
  return { accountId: account, region, repository, reference: tag ?? digest };
}

/** The URI is that of no image that the function can have. */
export function notValid(imageUri: string): AwsError {
  return invalidParameter(`Source image ${imageUri} is not valid. Provide a valid source image.`);
}
