import type { Operations } from '#aws/models/ssm.types.gen.ts';
import { present } from '#kernel/assert.ts';
import type { SsmDependencies } from '../dependencies.ts';
import { selectVersion } from '../describe.ts';
import { tooManyLabels } from '../errors.ts';
import { LABELS_MAX } from '../limits.ts';
import { addressOf, type Parameter, type ParameterVersion } from '../model.ts';
import { findParameter, saveParameter } from '../store.ts';

/** A label stands at one version alone: it moves. */
export function labelParameterVersion({
  database,
}: SsmDependencies): Operations['LabelParameterVersion'] {
  return async (context, { Name, ParameterVersion: number, Labels }) => {
    const invalid = Labels.filter(
      (label) => !/^[A-Za-z_.-][\w.-]{0,99}$/.test(label) || /^(?:aws|ssm)/i.test(label),
    );
    const labels = Labels.filter((label) => !invalid.includes(label));
    return await database.transact(async (tx) => {
      const parameter = await findParameter(tx, context, addressOf(Name).name);
      const selector = number === undefined ? undefined : `:${number}`;
      const chosen = selectVersion(parameter, selector);
      const next = withLabels(
        present(parameter, 'a version was chosen of it'),
        ({ version, labels: own }) => {
          const kept = own.filter((label) => !labels.includes(label));
          return version === chosen.version ? [...kept, ...labels] : kept;
        },
      );
      if (next.versions.some((version) => version.labels.length > LABELS_MAX)) {
        throw tooManyLabels();
      }
      await saveParameter(tx, context, next);
      return { InvalidLabels: invalid, ParameterVersion: chosen.version };
    });
  };
}

/** Takes labels from one version. */
export function unlabelParameterVersion({
  database,
}: SsmDependencies): Operations['UnlabelParameterVersion'] {
  return async (context, { Name, ParameterVersion: number, Labels }) =>
    database.transact(async (tx) => {
      const parameter = await findParameter(tx, context, addressOf(Name).name);
      const chosen = selectVersion(parameter, `:${number}`);
      const next = withLabels(
        present(parameter, 'a version was chosen of it'),
        ({ version, labels }) =>
          version === chosen.version ? labels.filter((label) => !Labels.includes(label)) : labels,
      );
      await saveParameter(tx, context, next);
      return {
        RemovedLabels: Labels.filter((label) => chosen.labels.includes(label)),
        InvalidLabels: Labels.filter((label) => !chosen.labels.includes(label)),
      };
    });
}

function withLabels(
  parameter: Parameter,
  labelsOf: (version: ParameterVersion) => readonly string[],
): Parameter {
  const versions = parameter.versions.map((version) => ({ ...version, labels: labelsOf(version) }));
  return { ...parameter, versions };
}
