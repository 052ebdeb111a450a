/** `docs/reference/parity.md`: each operation of each model, and whether it is built. */
import { assert } from '#kernel/assert.ts';
import type { ServiceModel } from './model.ts';
import type { Service } from './operation.ts';

interface Row {
  readonly model: ServiceModel;
  readonly names: readonly string[];
  readonly built: ReadonlySet<string>;
}

/**
 * The page, for the services that a server is composed of. A model without a service has nothing built.
 * @throws AssertionError where a service's table has an operation that its model does not know
 */
export function renderParity(
  models: readonly ServiceModel[],
  services: readonly Pick<Service, 'model' | 'operations'>[],
): string {
  const rows = models.map((model): Row => {
    const service = services.find((each) => each.model.name === model.name);
    const names = model.operationNames();
    const built = new Set(Object.keys(service?.operations ?? {}));
    for (const name of built) {
      assert(names.includes(name), `${model.name} has no operation ${name}`);
    }
    return { model, names, built };
  });
  const all = rows.reduce((sum, { names }) => sum + names.length, 0);
  const built = rows.reduce((sum, row) => sum + row.built.size, 0);
  return [
    '# What is built, operation by operation',
    '',
    '<!-- Generated from the models and the services’ tables of operations. Do not edit. -->',
    '',
    `${built} of ${all} operations. An operation that is not built is answered with 501 and its name.`,
    '',
    '| service | built | of |',
    '| --- | ---: | ---: |',
    ...rows.map(
      (row) =>
        `| [${row.model.name}](#${row.model.name}) | ${row.built.size} | ${row.names.length} |`,
    ),
    ...rows.flatMap(section),
    '',
  ].join('\n');
}

function section({ model, names, built }: Row): readonly string[] {
  const lines = names.map((name) => {
    const note = model.operation(name)?.isDeprecated ? ' (deprecated by AWS)' : '';
    return `- [${built.has(name) ? 'x' : ' '}] ${name}${note}`;
  });
  return ['', `## ${model.name}`, '', `${model.serviceId}, ${model.apiVersion}.`, '', ...lines];
}
