import type { Schema } from '#ports/world/database.ts';

/**
 * The tables of S3. Bucket names are unique in the whole server, so what is in a bucket needs no account or region.
 * Text is compared byte by byte (a PostgreSQL database has to be made with the collation `C`): lists are in that order.
 */
export const schema: Schema = {
  name: 's3',
  steps: [
    `
    CREATE TABLE s3_buckets (
      name TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      location TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      versioning TEXT NOT NULL,
      is_object_lock INTEGER NOT NULL
    );
    CREATE INDEX s3_buckets_of_account ON s3_buckets (account_id, name);

    CREATE TABLE s3_configurations (
      bucket TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (bucket, kind, id)
    );

    CREATE TABLE s3_objects (
      bucket TEXT NOT NULL,
      object_key TEXT NOT NULL,
      sequence BIGINT NOT NULL,
      version_id TEXT NOT NULL,
      is_latest INTEGER NOT NULL,
      is_delete_marker INTEGER NOT NULL,
      size BIGINT NOT NULL,
      etag TEXT NOT NULL,
      modified_at BIGINT NOT NULL,
      storage_class TEXT NOT NULL,
      blob_id TEXT,
      content BYTEA,
      checksum_algorithm TEXT,
      checksum_type TEXT,
      checksum_value TEXT,
      attributes TEXT NOT NULL,
      parts TEXT,
      tags TEXT,
      retention_mode TEXT,
      retain_until BIGINT,
      legal_hold TEXT,
      PRIMARY KEY (bucket, object_key, sequence)
    );
    CREATE INDEX s3_objects_current ON s3_objects (bucket, object_key)
      WHERE is_latest = 1 AND is_delete_marker = 0;
    CREATE INDEX s3_objects_older_null ON s3_objects (bucket, object_key)
      WHERE version_id = 'null' AND is_latest = 0;
    CREATE INDEX s3_objects_of_blob ON s3_objects (blob_id) WHERE blob_id IS NOT NULL;

    CREATE TABLE s3_uploads (
      upload_id TEXT PRIMARY KEY,
      bucket TEXT NOT NULL,
      object_key TEXT NOT NULL,
      sequence BIGINT NOT NULL,
      initiated_at BIGINT NOT NULL,
      initiator TEXT NOT NULL,
      is_over_object INTEGER NOT NULL,
      storage_class TEXT NOT NULL,
      checksum_algorithm TEXT,
      checksum_type TEXT,
      attributes TEXT NOT NULL,
      tags TEXT,
      retention_mode TEXT,
      retain_until BIGINT,
      legal_hold TEXT,
      completed TEXT
    );
    CREATE INDEX s3_uploads_of_key ON s3_uploads (bucket, object_key, sequence);
    CREATE INDEX s3_uploads_completed ON s3_uploads (initiated_at) WHERE completed IS NOT NULL;

    CREATE TABLE s3_parts (
      upload_id TEXT NOT NULL,
      part_number INTEGER NOT NULL,
      blob_id TEXT NOT NULL,
      size BIGINT NOT NULL,
      etag TEXT NOT NULL,
      checksum_value TEXT NOT NULL,
      modified_at BIGINT NOT NULL,
      PRIMARY KEY (upload_id, part_number)
    );
    CREATE INDEX s3_parts_of_blob ON s3_parts (blob_id);
    `,
  ],
};
