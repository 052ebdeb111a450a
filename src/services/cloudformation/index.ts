/** AWS CloudFormation: stacks of resources that templates describe, made by the services' own operations. */
import { cloudformation as model } from '#aws/models/cloudformation.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { Schema } from '#ports/world/database.ts';
import type { CloudformationDependencies } from './dependencies.ts';
import { runStacks } from './engine/run-stacks.ts';
import * as changeSets from './operations/change-sets.ts';
import * as read from './operations/read.ts';
import * as stacks from './operations/stacks.ts';
import * as templates from './operations/templates.ts';
import { cloudformationPermissions } from './permissions.ts';
import { createResponseSurface } from './response-surface.ts';
import { cloudformationSchema } from './store-schema.ts';
import { workingStacks } from './store-stacks.ts';

interface Cloudformation {
  readonly service: Service;
  readonly schema: Schema;
  /** What is under way, for a clock that is moved. */
  readonly agenda: Agenda;
  /** Under `/_hearth/cloudformation/`: responses of custom resources. */
  readonly responses: HttpSurface['handle'];
  /** Works on stacks until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** CloudFormation over a database whose schema was migrated. */
export function createCloudformation(dependencies: CloudformationDependencies): Cloudformation {
  const operations: Service['operations'] = {
    ContinueUpdateRollback: stacks.continueUpdateRollback(dependencies),
    CreateChangeSet: changeSets.createChangeSet(dependencies),
    CreateStack: stacks.createStack(dependencies),
    DeleteChangeSet: changeSets.deleteChangeSet(dependencies),
    DeleteStack: stacks.deleteStack(dependencies),
    DescribeChangeSet: changeSets.describeChangeSet(dependencies),
    DescribeStackEvents: read.describeStackEvents(dependencies),
    DescribeStackResource: read.describeStackResource(dependencies),
    DescribeStackResources: read.describeStackResources(dependencies),
    DescribeStacks: read.describeStacks(dependencies),
    ExecuteChangeSet: changeSets.executeChangeSet(dependencies),
    GetTemplate: templates.getTemplate(dependencies),
    GetTemplateSummary: templates.getTemplateSummary(dependencies),
    ListChangeSets: changeSets.listChangeSetsOf(dependencies),
    ListExports: read.listAllExports(dependencies),
    ListImports: read.listImports(dependencies),
    ListStackResources: read.listStackResources(dependencies),
    ListStacks: read.listAllStacks(dependencies),
    UpdateStack: stacks.updateStack(dependencies),
    UpdateTerminationProtection: stacks.updateTerminationProtection(dependencies),
    ValidateTemplate: templates.validateTemplate(dependencies),
  };
  return {
    service: { model, operations, permissions: cloudformationPermissions(dependencies) },
    schema: cloudformationSchema,
    agenda: async (queries) => ((await workingStacks(queries)).length > 0 ? 0 : undefined),
    responses: createResponseSurface(dependencies),
    run: (signal) => runStacks(dependencies, signal),
  };
}
