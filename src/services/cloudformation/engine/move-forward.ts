import { present } from '#kernel/assert.ts';
import { changeResource } from './change-resource.ts';
import type { Deployment } from './deployment.ts';
import { failedTo, rethrowBugs, type PhaseResult } from './failures.ts';
import { runGraph } from './run-graph.ts';
import { keptByPolicy } from './stack-policy.ts';

/** Brings every resource of the template to its goal. */
export async function moveForward(deployment: Deployment): Promise<PhaseResult> {
  const { template, scope, needsOf, signal, resources } = deployment;
  const ids = Object.keys(template.resources).filter((id) =>
    scope.includes(present(template.resources[id], 'it is a key')),
  );
  const work = (id: string) => changeResource(deployment, id);
  const kept = await keptByPolicy(deployment, new Set(ids));
  if (kept.length > 0) return { reason: failedTo('delete', kept) };
  const { failed } = await runGraph({ ids, needsOf, work, signal });
  if (failed.size === 0) return {};
  rethrowBugs(failed.values());
  const isAdded = (id: string): boolean => resources.get(id)?.isAdded === true;
  const all = [...failed.keys()];
  const reasons = [
    failedTo('create', all.filter(isAdded)),
    failedTo(
      'update',
      all.filter((id) => !isAdded(id)),
    ),
  ];
  return { reason: reasons.join('') };
}
