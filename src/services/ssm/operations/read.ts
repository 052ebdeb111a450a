import type { Operations, Parameter as Shown } from '#aws/models/ssm.types.gen.ts';
import type { SsmDependencies } from '../dependencies.ts';
import { historyOf, latestOf, metadataOf, selectVersion, valueOf } from '../describe.ts';
import { invalidNextToken, parameterNotFound, validation } from '../errors.ts';
import { isBelow, passes } from '../filters.ts';
import { BY_PATH_MAX, DESCRIBED_MAX } from '../limits.ts';
import { addressOf, type Parameter } from '../model.ts';
import { findParameter, listParameters } from '../store.ts';

/** One parameter's value. */
export function getParameter({ database }: SsmDependencies): Operations['GetParameter'] {
  return async (context, { Name }) => {
    const { name, selector } = addressOf(Name);
    const parameter = await database.read((queries) => findParameter(queries, context, name));
    if (parameter === undefined) throw parameterNotFound();
    const version = selectVersion(parameter, selector);
    return { Parameter: valueOf(context, parameter, version, selector) };
  };
}

/** Several values; names of what is not there are told apart. */
export function getParameters({ database }: SsmDependencies): Operations['GetParameters'] {
  return async (context, { Names }) => {
    if (new Set(Names).size < Names.length) {
      throw validation('Duplicate parameter names are not allowed in a request.');
    }
    return await database.read(async (queries) => {
      const Parameters: Shown[] = [];
      const InvalidParameters: string[] = [];
      for (const text of Names) {
        const { name, selector } = addressOf(text);
        const parameter = await findParameter(queries, context, name);
        const wanted = selector?.slice(1);
        const version =
          parameter &&
          (wanted === undefined
            ? latestOf(parameter)
            : parameter.versions.find(
                (one) => String(one.version) === wanted || one.labels.includes(wanted),
              ));
        if (parameter === undefined || version === undefined) InvalidParameters.push(text);
        else Parameters.push(valueOf(context, parameter, version, selector));
      }
      return { Parameters, InvalidParameters };
    });
  };
}

/** The values below a path. */
export function getParametersByPath({
  database,
}: SsmDependencies): Operations['GetParametersByPath'] {
  return async (context, input) => {
    const { Path, Recursive = false, ParameterFilters, MaxResults = BY_PATH_MAX } = input;
    if (!Path.startsWith('/')) {
      throw validation(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward " +
          'slash "/". It can\'t be prefixed with \\"aws\\" or \\"ssm\\" (case-insensitive). It must use only letters, ' +
          'numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not ' +
          'allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
      );
    }
    const all = await database.read((queries) => listParameters(queries, context));
    const below = all.filter(
      (one) => isBelow(one.name, Path, Recursive) && passes(one, ParameterFilters),
    );
    const { page, next } = pageOf(below, MaxResults, input.NextToken);
    return { Parameters: page.map((one) => valueOf(context, one, latestOf(one))), ...next };
  };
}

/** Tells of parameters without their values. */
export function describeParameters({
  database,
}: SsmDependencies): Operations['DescribeParameters'] {
  return async (context, { Filters, ParameterFilters, MaxResults = DESCRIBED_MAX, NextToken }) => {
    const filters = [...(Filters ?? []), ...(ParameterFilters ?? [])];
    const all = await database.read((queries) => listParameters(queries, context));
    const passing = all.filter((one) => passes(one, filters));
    const { page, next } = pageOf(passing, MaxResults, NextToken);
    return { Parameters: page.map((one) => metadataOf(context, one, latestOf(one))), ...next };
  };
}

/** All versions that are kept, the oldest first. */
export function getParameterHistory({
  database,
}: SsmDependencies): Operations['GetParameterHistory'] {
  return async (context, { Name, MaxResults = DESCRIBED_MAX, NextToken }) => {
    const { name } = addressOf(Name);
    const parameter = await database.read((queries) => findParameter(queries, context, name));
    if (parameter === undefined) throw parameterNotFound();
    const after = NextToken === undefined ? 0 : Number(NextToken);
    const rest = parameter.versions.filter(({ version }) => version > after);
    const page = rest.slice(0, MaxResults);
    const last = page.at(-1);
    return {
      Parameters: page.map((version) => historyOf(context, parameter, version)),
      ...(rest.length > page.length && last ? { NextToken: String(last.version) } : {}),
    };
  };
}

/** One page of parameters by name; the token names the last one given. */
function pageOf(
  parameters: readonly Parameter[],
  limit: number,
  token: string | undefined,
): { readonly page: readonly Parameter[]; readonly next: { readonly NextToken?: string } } {
  const after = token === undefined ? undefined : readToken(token);
  const rest = after === undefined ? parameters : parameters.filter(({ name }) => name > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (rest.length <= limit || last === undefined) return { page, next: {} };
  return { page, next: { NextToken: Buffer.from(last.name).toString('base64') } };
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64').toString();
  if (name === '' || Buffer.from(name).toString('base64') !== token) throw invalidNextToken();
  return name;
}
