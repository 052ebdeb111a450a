import type { Operations, StackResource } from '#aws/models/cloudformation.types.gen.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { noSuchStack, validation } from '../errors.ts';
import { EVENTS_PER_PAGE, STACKS_PER_PAGE } from '../limits.ts';
import { nameOfStack, type Resource, type Stack } from '../model.ts';
import { importersOf, listExports } from '../store-links.ts';
import { findStack, listEvents, listResources, listStacks } from '../store-stacks.ts';
import { requireStack } from './begin.ts';
import {
  describedStack,
  shownEvent,
  summarisedResource,
  summarisedStack,
} from './describe-stack.ts';
import { toText } from '../text.ts';

const UNCHECKED = { StackResourceDriftStatus: 'NOT_CHECKED' };

/** One stack, also a deleted one by its id; or all that are there. */
export function describeStacks({
  database,
}: CloudformationDependencies): Operations['DescribeStacks'] {
  return async (context, { StackName: name, NextToken: token }) =>
    database.read(async (queries) => {
      if (name !== undefined) {
        return { Stacks: [describedStack(await requireStack(queries, context, name))] };
      }
      const { page, next } = pageOf(await listStacks(queries, context, false), token);
      return { Stacks: page.map(describedStack), ...next };
    });
}

/** Stacks in the states that are asked for; deleted ones among them. */
export function listAllStacks({ database }: CloudformationDependencies): Operations['ListStacks'] {
  return async (context, { StackStatusFilter: filter = [], NextToken: token }) => {
    const all = await database.read((queries) => listStacks(queries, context, true));
    const wanted = all.filter(({ status }) => filter.length === 0 || filter.includes(status));
    const { page, next } = pageOf(wanted, token);
    return { StackSummaries: page.map(summarisedStack), ...next };
  };
}

function pageOf(stacks: readonly Stack[], token: string | undefined) {
  const from = token === undefined ? 0 : stacks.findIndex(({ id }) => id === token);
  if (from < 0) throw validation('Invalid NextToken');
  const page = stacks.slice(from, from + STACKS_PER_PAGE);
  const following = stacks[from + STACKS_PER_PAGE];
  return { page, next: following === undefined ? {} : { NextToken: following.id } };
}

/** What happened to a stack, the newest first. */
export function describeStackEvents({
  database,
}: CloudformationDependencies): Operations['DescribeStackEvents'] {
  return async (context, { StackName: name, NextToken: token }) =>
    database.read(async (queries) => {
      const stack = await findStack(queries, context, name ?? '');
      if (stack === undefined) throw validation(`Stack [${name}] does not exist`);
      const before = token === undefined ? Number.MAX_SAFE_INTEGER : Number(token);
      const events = await listEvents(queries, stack.id, before, EVENTS_PER_PAGE);
      const last = events.at(-1);
      return {
        StackEvents: events.map((event) => shownEvent(stack, event)),
        ...(events.length < EVENTS_PER_PAGE || last === undefined
          ? {}
          : { NextToken: toText(last.number) }),
      };
    });
}

/** One resource. */
export function describeStackResource({
  database,
}: CloudformationDependencies): Operations['DescribeStackResource'] {
  return async (context, { StackName: name, LogicalResourceId: logicalId }) => {
    const { stack, resources } = await database.read(async (queries) => {
      const found = await findStack(queries, context, name);
      if (found === undefined) throw validation(`Stack '${name}' does not exist`);
      return { stack: found, resources: await listResources(queries, found.id) };
    });
    const row = resources.find((one) => one.logicalId === logicalId);
    if (row === undefined) {
      throw validation(`Resource ${logicalId} does not exist for stack ${name}`);
    }
    return {
      StackResourceDetail: {
        StackName: stack.name,
        StackId: stack.id,
        ...summarisedResource(row),
        // Recorded without any in `TestBasicCRD::test_getatt` of basic_user.
        Metadata: row.metadata ?? '{}',
        DriftInformation: UNCHECKED,
      },
    };
  };
}

/** The resources of a stack, or of the stack that one of them belongs to. */
export function describeStackResources({
  database,
}: CloudformationDependencies): Operations['DescribeStackResources'] {
  return async (context, input) => {
    const { StackName: name, LogicalResourceId: logicalId, PhysicalResourceId: physicalId } = input;
    if (name === undefined && physicalId === undefined) {
      throw validation('Either StackName or PhysicalResourceId must be specified.');
    }
    return await database.read(async (queries) => {
      const stacks =
        name === undefined
          ? await listStacks(queries, context, false)
          : [await findStack(queries, context, name)];
      for (const stack of stacks) {
        if (stack === undefined) throw noSuchStack(name ?? '');
        const all = await listResources(queries, stack.id);
        if (physicalId !== undefined && !all.some(isOf(physicalId))) continue;
        const chosen = all.filter((row) => logicalId === undefined || row.logicalId === logicalId);
        return { StackResources: chosen.map((row) => shownResource(stack, row)) };
      }
      throw validation(`Stack for ${physicalId} does not exist`);
    });
  };
}

function isOf(physicalId: string): (row: Resource) => boolean {
  return ({ current }) => current?.physicalId === physicalId;
}

function shownResource({ id, name }: Stack, row: Resource): StackResource {
  const { LastUpdatedTimestamp: Timestamp, ...rest } = summarisedResource(row);
  return { StackName: name, StackId: id, ...rest, Timestamp, DriftInformation: UNCHECKED };
}

/** The resources of a stack, in short. */
export function listStackResources({
  database,
}: CloudformationDependencies): Operations['ListStackResources'] {
  return async (context, { StackName: name }) =>
    database.read(async (queries) => {
      const stack = await findStack(queries, context, name);
      if (stack === undefined) throw noSuchStack(name);
      const rows = await listResources(queries, stack.id);
      return {
        StackResourceSummaries: rows.map((row) => ({
          ...summarisedResource(row),
          DriftInformation: UNCHECKED,
        })),
      };
    });
}

/** What the stacks of a Region export. */
export function listAllExports({
  database,
}: CloudformationDependencies): Operations['ListExports'] {
  return async (context) => {
    const exports = await database.read((queries) => listExports(queries, context));
    return {
      Exports: exports.map(({ name, stackId, value }) => ({
        ExportingStackId: stackId,
        Name: name,
        Value: value,
      })),
    };
  };
}

/** Names of the stacks that import a value. */
export function listImports({ database }: CloudformationDependencies): Operations['ListImports'] {
  return async (context, { ExportName: name }) => {
    const ids = await database.read((queries) => importersOf(queries, context, name));
    if (ids.length === 0) {
      throw validation(`Export '${name}' is not imported by any stack.`);
    }
    return { Imports: ids.map(nameOfStack) };
  };
}
