/** The filters of DescribeParameters and GetParametersByPath. */
import type { ParameterStringFilter } from '#aws/models/ssm.types.gen.ts';
import { latestOf } from './describe.ts';
import type { Parameter } from './model.ts';

/** True where the parameter passes every filter. */
export function passes(
  parameter: Parameter,
  filters: readonly ParameterStringFilter[] | undefined,
): boolean {
  return (filters ?? []).every((filter) => passesOne(parameter, filter));
}

function passesOne(
  parameter: Parameter,
  { Key, Option, Values = [] }: ParameterStringFilter,
): boolean {
  const latest = latestOf(parameter);
  switch (Key) {
    case 'Name':
      return Values.some((value) => matches(parameter.name, value, Option));
    case 'Path':
      return Values.some((value) => isBelow(parameter.name, value, Option === 'Recursive'));
    case 'Type':
      return Values.some((value) => matches(latest.type, value, Option));
    case 'Tier':
      return Values.includes(latest.tier);
    case 'DataType':
      return Values.includes(latest.dataType);
    case 'KeyId':
      return Values.some((value) => matches(latest.keyId ?? '', value, Option));
    case 'Label':
      return parameter.versions.some(({ labels }) => Values.some((one) => labels.includes(one)));
    default: {
      const tag = Key.startsWith('tag:') ? parameter.tags[Key.slice('tag:'.length)] : undefined;
      return tag !== undefined && (Values.length === 0 || Values.includes(tag));
    }
  }
}

function matches(text: string, value: string, option = 'Equals'): boolean {
  if (option === 'BeginsWith') return text.startsWith(value);
  return option === 'Contains' ? text.includes(value) : text === value;
}

/** True for what lies in the path's level; on every level below it where that is recursive. */
export function isBelow(name: string, path: string, isRecursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  if (path === '/' && !name.startsWith('/')) return isRecursive || !name.includes('/');
  if (!name.startsWith(prefix)) return false;
  return isRecursive || !name.slice(prefix.length).includes('/');
}
