/** Seconds of a role's session where its maker says nothing. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const SESSION_SECONDS_DEFAULT = 3600;
/** Access keys of one user. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const ACCESS_KEYS_MAX = 2;
/** Credentials of one user for one service. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_ssh-keys.html */
export const SERVICE_CREDENTIALS_MAX = 2;
/** Versions of one managed policy. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const POLICY_VERSIONS_MAX = 5;
/** Managed policies attached to one entity. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const ATTACHMENTS_MAX = 20;
/** Tags of one entity. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const TAGS_MAX = 50;
/** Elements of a page where nobody says how many. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export const PAGE_DEFAULT = 100;
/** Characters of all inline policies, without white space. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const INLINE_CHARACTERS_MAX = { role: 10_240, user: 2048, group: 5120 } as const;
/** Characters of a managed policy, without white space. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const POLICY_CHARACTERS_MAX = 6144;
/** Characters of a trust policy, without white space. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const TRUST_CHARACTERS_MAX = 2048;
/** Client ids of one OpenID Connect provider. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const OIDC_CLIENTS_MAX = 100;
/** Thumbprints of one OpenID Connect provider. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
export const OIDC_THUMBPRINTS_MAX = 5;
/** SSH keys of one user. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const SSH_KEYS_MAX = 5;
/** Signing certificates of one user. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const SIGNING_CERTIFICATES_MAX = 2;
