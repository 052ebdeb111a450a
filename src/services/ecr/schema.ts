import type { Schema } from '#ports/world/database.ts';

/** `repository` is `ACCOUNT/REGION/NAME` in all tables. The body of a repository is JSON of `Repository`. */
export const schema: Schema = {
  name: 'ecr',
  steps: [
    `CREATE TABLE ecr_repositories (
      repository TEXT NOT NULL PRIMARY KEY,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX ecr_repositories_by_name ON ecr_repositories (account_id, region, name);
    CREATE TABLE ecr_layers (
      repository TEXT NOT NULL,
      digest TEXT NOT NULL,
      blob_id TEXT NOT NULL,
      bytes BIGINT NOT NULL,
      touched_at_ms BIGINT NOT NULL,
      PRIMARY KEY (repository, digest)
    );
    CREATE INDEX ecr_layers_of_blob ON ecr_layers (blob_id);
    CREATE TABLE ecr_images (
      repository TEXT NOT NULL,
      digest TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (repository, digest)
    );
    CREATE TABLE ecr_tags (
      repository TEXT NOT NULL,
      tag TEXT NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (repository, tag)
    );
    CREATE INDEX ecr_tags_of_image ON ecr_tags (repository, digest);
    CREATE TABLE ecr_references (
      repository TEXT NOT NULL,
      image_digest TEXT NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (repository, image_digest, digest)
    );
    CREATE INDEX ecr_references_to ON ecr_references (repository, digest);
    CREATE TABLE ecr_uploads (
      id TEXT NOT NULL PRIMARY KEY,
      repository TEXT NOT NULL,
      bytes BIGINT NOT NULL,
      touched_at_ms BIGINT NOT NULL
    );
    CREATE INDEX ecr_uploads_of_repository ON ecr_uploads (repository);
    CREATE TABLE ecr_upload_parts (
      upload_id TEXT NOT NULL,
      first_byte BIGINT NOT NULL,
      blob_id TEXT NOT NULL,
      bytes BIGINT NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (upload_id, first_byte)
    );
    CREATE INDEX ecr_upload_parts_of_blob ON ecr_upload_parts (blob_id);
    CREATE TABLE ecr_token_key (
      id INTEGER NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    )`,
  ],
};
