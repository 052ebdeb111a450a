import type { AccessControlPolicy, Grant, Grantee } from '#aws/models/s3.types.gen.ts';
import { invalidArgument, invalidRequest, s3Error } from './errors.ts';
import { ownerOf } from './owner.ts';

const GROUPS = {
  all: 'http://acs.amazonaws.com/groups/global/AllUsers',
  authenticated: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
  logs: 'http://acs.amazonaws.com/groups/s3/LogDelivery',
} as const;

const PERMISSIONS = ['FULL_CONTROL', 'READ', 'READ_ACP', 'WRITE', 'WRITE_ACP'];

/** What each canned ACL grants beside the owner's full control. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
const CANNED: Readonly<Record<string, readonly (readonly [keyof typeof GROUPS, string])[]>> = {
  private: [],
  'public-read': [['all', 'READ']],
  'public-read-write': [
    ['all', 'READ'],
    ['all', 'WRITE'],
  ],
  'authenticated-read': [['authenticated', 'READ']],
  'aws-exec-read': [],
  'bucket-owner-read': [],
  'bucket-owner-full-control': [],
  'log-delivery-write': [
    ['logs', 'WRITE'],
    ['logs', 'READ_ACP'],
  ],
};

/** The members by which a request says an ACL. */
export interface AclInput {
  readonly ACL?: string;
  readonly AccessControlPolicy?: AccessControlPolicy;
  readonly GrantFullControl?: string;
  readonly GrantRead?: string;
  readonly GrantReadACP?: string;
  readonly GrantWrite?: string;
  readonly GrantWriteACP?: string;
}

/** What the bucket's configuration lets ACLs do. */
export interface AclPolicy {
  readonly accountId: string;
  /** `BucketOwnerEnforced` takes no ACL. */
  readonly isEnforced: boolean;
  /** Public access is blocked for ACLs. */
  readonly isPublicBlocked: boolean;
}

const HEADERS = [
  ['GrantFullControl', 'x-amz-grant-full-control', 'FULL_CONTROL'],
  ['GrantRead', 'x-amz-grant-read', 'READ'],
  ['GrantReadACP', 'x-amz-grant-read-acp', 'READ_ACP'],
  ['GrantWrite', 'x-amz-grant-write', 'WRITE'],
  ['GrantWriteACP', 'x-amz-grant-write-acp', 'WRITE_ACP'],
] as const;

/** The usual ACL: the owner may do everything. */
export function ownerGrants(accountId: string): readonly Grant[] {
  return [
    { Grantee: { ...ownerOf(accountId), Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
  ];
}

/**
 * The grants that a request asks for; `undefined` where it asks for none.
 * @throws AwsError InvalidArgument, InvalidRequest, MalformedACLError, AccessControlListNotSupported, AccessDenied
 * Recorded: s3.json TestS3::test_s3_object_acl_exceptions
 */
export function parseAcl(input: AclInput, policy: AclPolicy): readonly Grant[] | undefined {
  const hasHeaders = HEADERS.some(([member]) => input[member] !== undefined);
  if (input.ACL !== undefined && hasHeaders) {
    throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed');
  }
  if (input.AccessControlPolicy && (input.ACL !== undefined || hasHeaders)) {
    throw s3Error('UnexpectedContent');
  }
  const grants = givenGrants(input, policy.accountId, hasHeaders);
  if (grants === undefined) return undefined;
  const isOwners = input.ACL === 'private' || input.ACL === 'bucket-owner-full-control';
  if (policy.isEnforced && !isOwners && !isOwnersAlone(grants, policy.accountId)) {
    throw s3Error('AccessControlListNotSupported');
  }
  if (policy.isPublicBlocked && grants.some(isPublic)) throw s3Error('AccessDenied');
  return grants;
}

function givenGrants(
  input: AclInput,
  accountId: string,
  hasHeaders: boolean,
): readonly Grant[] | undefined {
  if (input.ACL !== undefined) return cannedGrants(input.ACL, accountId);
  if (hasHeaders) return headerGrants(input);
  return input.AccessControlPolicy && checkPolicy(input.AccessControlPolicy);
}

function cannedGrants(name: string, accountId: string): readonly Grant[] {
  const canned = Object.hasOwn(CANNED, name) ? CANNED[name] : undefined;
  if (!canned) throw invalidArgument('', 'x-amz-acl', name);
  const further = canned.map(([group, Permission]) => ({
    Grantee: { Type: 'Group', URI: GROUPS[group] },
    Permission,
  }));
  return [...ownerGrants(accountId), ...further];
}

function headerGrants(input: AclInput): readonly Grant[] {
  return HEADERS.flatMap(([member, header, Permission]) => {
    const text = input[member];
    if (text === undefined) return [];
    return text
      .split(',')
      .map((one) => ({ Grantee: headerGrantee(one.trim(), header, text), Permission }));
  });
}

function headerGrantee(text: string, header: string, whole: string): Grantee {
  const [, kind, quoted, bare] = /^(id|uri|emailAddress)=(?:"([^"]*)"|(\S*))$/i.exec(text) ?? [];
  const value = quoted ?? bare;
  if (kind === undefined || value === undefined) {
    throw invalidArgument('Argument format not recognized', header, whole);
  }
  if (kind.toLowerCase() === 'id') return checkUser(value, 'id');
  if (kind.toLowerCase() === 'uri') return checkGroup(value, 'uri');
  return { Type: 'AmazonCustomerByEmail', EmailAddress: value };
}

function checkUser(id: string, argument: string): Grantee {
  if (!/^[0-9a-f]{64}$/.test(id)) throw invalidArgument('Invalid id', argument, id);
  return { ID: id, Type: 'CanonicalUser' };
}

function checkGroup(uri: string, argument: string): Grantee {
  if (!Object.values(GROUPS).some((group) => group === uri)) {
    throw invalidArgument('Invalid group uri', argument, uri);
  }
  return { Type: 'Group', URI: uri };
}

function checkPolicy({ Owner, Grants }: AccessControlPolicy): readonly Grant[] {
  if (Owner?.ID === undefined || Grants === undefined) throw s3Error('MalformedACLError');
  if (!/^[0-9a-f]{64}$/.test(Owner.ID)) {
    throw invalidArgument('Invalid id', 'CanonicalUser/ID', Owner.ID);
  }
  return Grants.map(({ Grantee, Permission }) => {
    if (!Grantee || Permission === undefined || !PERMISSIONS.includes(Permission)) {
      throw s3Error('MalformedACLError');
    }
    return { Grantee: checkGrantee(Grantee), Permission };
  });
}

function checkGrantee(grantee: Grantee): Grantee {
  const { Type, ID, URI, EmailAddress } = grantee;
  if (Type === 'CanonicalUser' && ID !== undefined) return checkUser(ID, 'CanonicalUser/ID');
  if (Type === 'Group' && URI !== undefined) return checkGroup(URI, 'Group/URI');
  if (Type === 'AmazonCustomerByEmail' && EmailAddress !== undefined) return grantee;
  throw s3Error('MalformedACLError');
}

function isOwnersAlone(grants: readonly Grant[], accountId: string): boolean {
  const { ID } = ownerOf(accountId);
  return grants.every(
    ({ Grantee, Permission }) => Grantee?.ID === ID && Permission === 'FULL_CONTROL',
  );
}

function isPublic({ Grantee }: Grant): boolean {
  return Grantee?.URI === GROUPS.all || Grantee?.URI === GROUPS.authenticated;
}
