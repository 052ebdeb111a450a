/** Entities as IAM answers them. */
import type { Group, InstanceProfile, Policy, Role, User } from '#aws/models/iam.types.gen.ts';
import { arnOf, type Entity, type ManagedPolicy } from './model.ts';
import { encodeDocument } from './policy-document.ts';

/** What all kinds of answers to a role have. */
export function describeRole(role: Entity): Role {
  const { description, trustPolicy } = role.details;
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: arnOf(role),
    CreateDate: wholeSeconds(role.createdAtMs),
    ...(trustPolicy !== undefined && { AssumeRolePolicyDocument: encodeDocument(trustPolicy) }),
    ...(description !== undefined && { Description: description }),
  };
}

/** A role in a list: without its tags. Recorded in 2025: `test_role_with_tags`. */
export function describeListedRole(role: Entity): Role {
  const { sessionSecondsMax } = role.details;
  return {
    ...describeRole(role),
    ...(sessionSecondsMax !== undefined && { MaxSessionDuration: sessionSecondsMax }),
  };
}

/** A role by itself. Recorded: `test_role_with_path_lifecycle`. */
export function describeWholeRole(role: Entity): Role {
  return {
    ...describeListedRole(role),
    ...boundaryOf(role),
    ...tagsOf(role),
    RoleLastUsed: {},
  };
}

/** A user in a list. */
export function describeUser(user: Entity): User {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: arnOf(user),
    CreateDate: wholeSeconds(user.createdAtMs),
  };
}

/** A user by itself. */
export function describeWholeUser(user: Entity): User {
  return { ...describeUser(user), ...boundaryOf(user), ...tagsOf(user) };
}

/** A managed policy: by how many it is held, and whose boundary it is. */
export function describePolicy(policy: ManagedPolicy, attached: number, boundaries = 0): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: wholeSeconds(policy.createdAtMs),
    UpdateDate: wholeSeconds(policy.updatedAtMs),
  };
}

/** A group. */
export function describeGroup(group: Entity): Group {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: arnOf(group),
    CreateDate: wholeSeconds(group.createdAtMs),
  };
}

/** An instance profile with its roles. */
export function describeInstanceProfile(
  profile: Entity,
  roles: readonly Entity[],
): InstanceProfile {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: arnOf(profile),
    CreateDate: wholeSeconds(profile.createdAtMs),
    Roles: roles.map(describeRole),
    ...tagsOf(profile),
  };
}

/** Tags, where there are any. */
export function tagsOf({ tags }: Pick<Entity, 'tags'>): { readonly Tags?: Entity['tags'] } {
  return tags.length === 0 ? {} : { Tags: tags };
}

/** The permissions boundary, where there is one. */
export function boundaryOf({ details }: Entity): Pick<Role, 'PermissionsBoundary'> {
  const { boundaryArn } = details;
  if (boundaryArn === undefined) return {};
  return {
    PermissionsBoundary: {
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: boundaryArn,
    },
  };
}

/** IAM's times have no fractions. */
export function wholeSeconds(milliseconds: number): number {
  return milliseconds - (milliseconds % 1000);
}
