import { validationError } from './errors.ts';
import { PAGE_DEFAULT } from './limits.ts';

export interface PageInput {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

export interface Page<Element> {
  readonly elements: readonly Element[];
  readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/**
 * One page of what is sorted; the marker names the last element before it.
 * @throws AwsError ValidationError for a marker that was never given out
 */
export function pageOf<Element>(
  all: readonly Element[],
  keyOf: (element: Element) => string,
  { Marker, MaxItems = PAGE_DEFAULT }: PageInput,
): Page<Element> {
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const following = after === undefined ? all : all.filter((element) => keyOf(element) > after);
  const elements = following.slice(0, MaxItems);
  const last = elements.at(-1);
  if (last === undefined || elements.length === following.length) {
    return { elements, rest: { IsTruncated: false } };
  }
  const marker = Buffer.from(`v1:${keyOf(last)}`).toString('base64');
  return { elements, rest: { IsTruncated: true, Marker: marker } };
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64').toString();
  if (!text.startsWith('v1:')) throw validationError(`Invalid Marker: ${marker}`);
  return text.slice('v1:'.length);
}
