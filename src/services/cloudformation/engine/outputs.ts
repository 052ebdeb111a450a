/** What a stack gives to others, and what it takes of them. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { validation } from '../errors.ts';
import { evaluate, textOf } from '../functions/evaluate.ts';
import { nameOfStack, type Stack, type StackOutput } from '../model.ts';
import { importersOf, listExports, replaceExports, replaceImports } from '../store-links.ts';
import type { Deployment } from './deployment.ts';

/**
 * The outputs of a stack whose resources are there.
 * @throws AwsError ValidationError where one cannot be told, or an export is somebody else's or in use
 */
export async function outputsOf({
  template,
  scope,
  dependencies,
  stack,
}: Deployment): Promise<readonly StackOutput[]> {
  const outputs = Object.entries(template.outputs)
    .filter(([, output]) => scope.includes(output))
    .map(([key, { value, description, exportName }]): StackOutput => {
      const shown = evaluate(value, scope);
      const name = exportName === undefined ? undefined : textOf(evaluate(exportName, scope));
      return {
        key,
        value: textOf(shown),
        ...(description === undefined ? {} : { description }),
        ...(name === undefined ? {} : { exportName: name }),
      };
    });
  await dependencies.database.read((queries) => checkExports(queries, stack, outputs));
  return outputs;
}

/**
 * What a stack exports and imports, stored with the state in which it does.
 * @throws AwsError ValidationError where an export is somebody else's meanwhile, or in use
 */
export async function storeLinks(
  tx: Transaction,
  { stack, scope }: Deployment,
  outputs: readonly StackOutput[],
): Promise<void> {
  await checkExports(tx, stack, outputs);
  await replaceExports(tx, stack, stack.id, exportsOf(outputs));
  await replaceImports(tx, stack, stack.id, [...scope.imported]);
}

function exportsOf(outputs: readonly StackOutput[]) {
  return outputs.flatMap(({ exportName: name, value }) =>
    name === undefined ? [] : [{ name, value }],
  );
}

/** @throws AwsError ValidationError where an export is somebody else's, or in use */
async function checkExports(
  queries: Queries,
  stack: Stack,
  outputs: readonly StackOutput[],
): Promise<void> {
  const exported = exportsOf(outputs);
  const values = new Map(exported.map(({ name, value }) => [name, value]));
  const known = await listExports(queries, stack);
  const taken = known.find(({ name, stackId }) => stackId !== stack.id && values.has(name));
  const twice = exported.find(({ name }, index) =>
    exported.slice(0, index).some((one) => one.name === name),
  );
  const refused = taken ?? (twice && { name: twice.name, stackId: stack.id });
  if (refused !== undefined) {
    const owner = nameOfStack(refused.stackId);
    throw validation(
      `Export with name ${refused.name} is already exported by stack ${owner}. Rename the export and then retry.`,
    );
  }
  for (const { name, stackId, value } of known) {
    if (stackId !== stack.id || values.get(name) === value) continue;
    const users = await importersOf(queries, stack, name);
    if (users.length === 0) continue;
    const names = users.map(nameOfStack).join(', ');
    const verb = values.has(name) ? 'updated' : 'deleted';
    throw validation(`Export ${name} cannot be ${verb} as it is in use by ${names}`);
  }
}
