/**
 * AWS CloudFormation: stacks of resources that templates describe, made by the services' own operations.
 * What reads templates and makes resources is loaded by the first request or stack: a server without spares its memory.
 */
import { cloudformation as model } from '#aws/models/cloudformation.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { operationsLater } from '#aws/operations-later.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { Schema } from '#ports/world/database.ts';
import type { CloudformationDependencies } from './dependencies.ts';
import { runStacks } from './engine/run-stacks.ts';
import { OPERATION_NAMES } from './operations/names.ts';
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
  return {
    service: {
      model,
      operations: operationsLater(OPERATION_NAMES, async () => {
        const { createOperations } = await import('./operations/index.ts');
        return createOperations(dependencies);
      }),
      permissions: cloudformationPermissions(dependencies),
    },
    schema: cloudformationSchema,
    agenda: async (queries) => ((await workingStacks(queries)).length > 0 ? 0 : undefined),
    responses: createResponseSurface(dependencies),
    run: (signal) => runStacks(dependencies, signal),
  };
}
