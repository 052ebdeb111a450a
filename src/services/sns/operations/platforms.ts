/** Applications and endpoints of mobile platforms. */
import type { Operations } from '#aws/models/sns.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import type { SnsDependencies } from '../dependencies.ts';
import { invalidParameter } from '../errors.ts';
import { pageOf } from '../paging.ts';
import { applicationArn, endpointArn, type PlatformEndpoint } from '../platform.ts';
import { requireApplication, requireEndpoint } from '../require-platform.ts';
import {
  applicationAttributes,
  checkApplication,
  checkEndpointAttributes,
} from '../platform-attributes.ts';
import {
  applicationsOf,
  deleteApplicationRows,
  deleteEndpointRow,
  endpointOfToken,
  endpointsOf,
  saveApplication,
  saveEndpoint,
} from '../store-platforms.ts';

/** An application that is there already gets the new attributes. */
export function createPlatformApplication({
  database,
}: SnsDependencies): Operations['CreatePlatformApplication'] {
  return async ({ accountId, region }, { Name, Platform: platform, Attributes }) => {
    checkApplication(Name, platform);
    const attributes = { Enabled: 'true', ...applicationAttributes(Attributes, platform) };
    const application = { accountId, region, platform, application: Name, attributes };
    await database.transact((tx) => saveApplication(tx, application));
    return { PlatformApplicationArn: applicationArn(application) };
  };
}

/** With its endpoints; one that is not there is no error. */
export function deletePlatformApplication({
  database,
}: SnsDependencies): Operations['DeletePlatformApplication'] {
  return async (_context, { PlatformApplicationArn: arn }) => {
    await database.transact(async (tx) => {
      const found = await ignoringMissing(requireApplication(tx, arn));
      if (found !== undefined) await deleteApplicationRows(tx, found);
    });
    return {};
  };
}

/** Tells what is set of an application, without its secrets. */
export function getPlatformApplicationAttributes({
  database,
}: SnsDependencies): Operations['GetPlatformApplicationAttributes'] {
  return async (_context, { PlatformApplicationArn: arn }) => {
    const { attributes } = await database.read((queries) => requireApplication(queries, arn));
    return { Attributes: attributes };
  };
}

/** Sets attributes of an application. */
export function setPlatformApplicationAttributes({
  database,
}: SnsDependencies): Operations['SetPlatformApplicationAttributes'] {
  return async (_context, { PlatformApplicationArn: arn, Attributes }) => {
    await database.transact(async (tx) => {
      const application = await requireApplication(tx, arn);
      const changed = applicationAttributes(Attributes, application.platform);
      const attributes = { ...application.attributes, ...changed };
      await saveApplication(tx, { ...application, attributes });
    });
    return {};
  };
}

/** Lists an account's applications, a page at a time. */
export function listPlatformApplications({
  database,
}: SnsDependencies): Operations['ListPlatformApplications'] {
  return async (context, { NextToken }) => {
    const all = await database.read((queries) => applicationsOf(queries, context));
    const { page, next } = pageOf(all, applicationArn, NextToken);
    const PlatformApplications = page.map((application) => ({
      PlatformApplicationArn: applicationArn(application),
      Attributes: application.attributes,
    }));
    return { PlatformApplications, ...next };
  };
}

/** A device's token has one endpoint. Recorded: `test_create_platform_endpoint_idempotency`. */
export function createPlatformEndpoint({
  database,
  random,
}: SnsDependencies): Operations['CreatePlatformEndpoint'] {
  return async (_context, input) => {
    const { PlatformApplicationArn: arn, Token: token, CustomUserData } = input;
    const given = {
      ...input.Attributes,
      ...(CustomUserData === undefined ? {} : { CustomUserData }),
    };
    checkEndpointAttributes(given);
    const endpoint = await database.transact(async (tx) => {
      const { attributes: _of, ...application } = await requireApplication(tx, arn);
      const attributes = { Enabled: 'true', ...given, Token: token };
      const known = await endpointOfToken(tx, application, token);
      if (known !== undefined) return sameAs(known, attributes);
      const made = { ...application, id: random.uuid(), token, attributes };
      await saveEndpoint(tx, made);
      return made;
    });
    return { EndpointArn: endpointArn(endpoint) };
  };
}

function sameAs(
  known: PlatformEndpoint,
  attributes: Readonly<Record<string, string>>,
): PlatformEndpoint {
  const names = new Set([...Object.keys(known.attributes), ...Object.keys(attributes)]);
  if ([...names].every((name) => known.attributes[name] === attributes[name])) return known;
  const reason = `Endpoint ${endpointArn(known)} already exists with the same Token, but different attributes.`;
  throw invalidParameter(`Token Reason: ${reason}`);
}

/** One that is not there is no error. */
export function deleteEndpoint({ database }: SnsDependencies): Operations['DeleteEndpoint'] {
  return async (_context, { EndpointArn: arn }) => {
    await database.transact(async (tx) => {
      const found = await ignoringMissing(requireEndpoint(tx, arn));
      if (found !== undefined) await deleteEndpointRow(tx, found.id);
    });
    return {};
  };
}

/** Tells what is set of an endpoint. */
export function getEndpointAttributes({
  database,
}: SnsDependencies): Operations['GetEndpointAttributes'] {
  return async (_context, { EndpointArn: arn }) => {
    const { attributes } = await database.read((queries) => requireEndpoint(queries, arn));
    return { Attributes: attributes };
  };
}

/** Sets attributes of an endpoint; also the token of its device. */
export function setEndpointAttributes({
  database,
}: SnsDependencies): Operations['SetEndpointAttributes'] {
  return async (_context, { EndpointArn: arn, Attributes }) => {
    await database.transact(async (tx) => {
      const endpoint = await requireEndpoint(tx, arn);
      checkEndpointAttributes(Attributes);
      const attributes = { ...endpoint.attributes, ...Attributes };
      await saveEndpoint(tx, { ...endpoint, token: attributes['Token'] ?? '', attributes });
    });
    return {};
  };
}

/** Lists an application's endpoints, a page at a time. */
export function listEndpointsByPlatformApplication({
  database,
}: SnsDependencies): Operations['ListEndpointsByPlatformApplication'] {
  return async (_context, { PlatformApplicationArn: arn, NextToken }) => {
    const all = await database.read(async (queries) =>
      endpointsOf(queries, await requireApplication(queries, arn)),
    );
    const { page, next } = pageOf(all, ({ id }) => id, NextToken);
    const Endpoints = page.map((endpoint) => ({
      EndpointArn: endpointArn(endpoint),
      Attributes: endpoint.attributes,
    }));
    return { Endpoints, ...next };
  };
}

async function ignoringMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NotFound') return undefined;
    throw error;
  }
}
