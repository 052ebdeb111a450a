// A picture uploaded to S3 becomes a thumbnail in another bucket and an item in DynamoDB.
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import readExif from 'exif-reader';
import sharp from 'sharp';

const s3 = new S3Client({ forcePathStyle: true });
const dynamodb = new DynamoDBClient({});
const { TABLE, THUMBNAIL_BUCKET } = process.env;
const THUMBNAIL_WIDTH = 480;

export const handler = async (event) => {
  for (const { s3: source } of event.Records) {
    const key = decodeURIComponent(source.object.key.replaceAll('+', ' '));
    await makeThumbnail(source.bucket.name, key);
  }
};

async function makeThumbnail(bucket, key) {
  const picture = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = await picture.Body.transformToByteArray();
  const { width, height, exif } = await sharp(bytes).metadata();
  const thumbnail = await sharp(bytes).rotate().resize(THUMBNAIL_WIDTH).jpeg().toBuffer();

  await s3.send(
    new PutObjectCommand({
      Bucket: THUMBNAIL_BUCKET,
      Key: key,
      Body: thumbnail,
      ContentType: 'image/jpeg',
    }),
  );
  const camera = cameraOf(exif);
  await dynamodb.send(
    new PutItemCommand({
      TableName: TABLE,
      Item: {
        key: { S: key },
        width: { N: String(width) },
        height: { N: String(height) },
        bytes: { N: String(bytes.length) },
        thumbnailBytes: { N: String(thumbnail.length) },
        camera: { M: camera },
      },
    }),
  );
  console.log(`${key}: ${width} x ${height}, ${bytes.length} bytes -> ${thumbnail.length} bytes`);
}

/** What the camera wrote into the picture, as a DynamoDB map. */
function cameraOf(exif) {
  if (exif === undefined) return {};
  const { Image, Photo } = readExif(exif);
  const facts = {
    make: Image?.Make,
    model: Image?.Model,
    lens: Photo?.LensModel,
    taken: Photo?.DateTimeOriginal?.toISOString(),
    exposureSeconds: Photo?.ExposureTime,
    aperture: Photo?.FNumber,
    iso: Photo?.ISOSpeedRatings,
    focalLengthMm: Photo?.FocalLength,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    known.map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: String(value) },
    ]),
  );
}
