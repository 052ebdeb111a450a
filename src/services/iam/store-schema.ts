import type { Schema } from '#ports/world/database.ts';

/** Tables of AWS IAM, which has no Regions. `name_key` is the name in lower case; times are ms since 1970. */
export const iamSchema: Schema = {
  name: 'iam',
  steps: [
    `CREATE TABLE iam_entities (
      account_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      name_key TEXT NOT NULL,
      name TEXT NOT NULL,
      id TEXT NOT NULL,
      path TEXT NOT NULL,
      tags TEXT NOT NULL,
      details TEXT NOT NULL,
      created_ms BIGINT NOT NULL,
      PRIMARY KEY (account_id, kind, name_key)
    );
    CREATE TABLE iam_inline_policies (
      account_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      name_key TEXT NOT NULL,
      policy_name TEXT NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (account_id, kind, name_key, policy_name)
    );
    CREATE TABLE iam_attachments (
      account_id TEXT NOT NULL,
      policy_arn TEXT NOT NULL,
      kind TEXT NOT NULL,
      name_key TEXT NOT NULL,
      PRIMARY KEY (account_id, kind, name_key, policy_arn)
    );
    CREATE INDEX iam_attachments_policy ON iam_attachments (account_id, policy_arn);
    CREATE TABLE iam_policies (
      account_id TEXT NOT NULL,
      policy_arn TEXT NOT NULL,
      name_key TEXT NOT NULL,
      name TEXT NOT NULL,
      id TEXT NOT NULL,
      path TEXT NOT NULL,
      description TEXT,
      tags TEXT NOT NULL,
      default_version TEXT NOT NULL,
      last_version INTEGER NOT NULL,
      created_ms BIGINT NOT NULL,
      updated_ms BIGINT NOT NULL,
      PRIMARY KEY (account_id, policy_arn),
      UNIQUE (account_id, name_key)
    );
    CREATE TABLE iam_policy_versions (
      account_id TEXT NOT NULL,
      policy_arn TEXT NOT NULL,
      version_id TEXT NOT NULL,
      document TEXT NOT NULL,
      created_ms BIGINT NOT NULL,
      PRIMARY KEY (account_id, policy_arn, version_id)
    );
    CREATE TABLE iam_access_keys (
      access_key_id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      user_key TEXT NOT NULL,
      secret_access_key TEXT NOT NULL,
      is_active INTEGER NOT NULL,
      created_ms BIGINT NOT NULL
    );
    CREATE INDEX iam_access_keys_user ON iam_access_keys (account_id, user_key);
    CREATE TABLE iam_group_members (
      account_id TEXT NOT NULL,
      group_key TEXT NOT NULL,
      user_key TEXT NOT NULL,
      PRIMARY KEY (account_id, group_key, user_key)
    );
    CREATE INDEX iam_group_members_user ON iam_group_members (account_id, user_key)`,
    `CREATE TABLE iam_service_credentials (
      account_id TEXT NOT NULL,
      user_key TEXT NOT NULL,
      id TEXT NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (account_id, user_key, id)
    )`,
    `CREATE TABLE iam_documents (
      account_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      name_key TEXT NOT NULL,
      user_key TEXT NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (account_id, kind, name_key)
    );
    CREATE INDEX iam_documents_user ON iam_documents (account_id, user_key)`,
  ],
};
