/** XML text, along a model's shapes; restXml and awsQuery share it. */
import { javaDouble } from '#kernel/java-double.ts';
import type { Member, MapShape, StructureShape } from '../model.ts';
import type { Mutable } from './records.ts';
import { formatText, scalarText } from './texts.ts';
import { timestampFormat } from './timestamps.ts';

/** How a protocol names and dates what it writes. */
export interface XmlStyle {
  /** Query: lists and maps go by the query protocol's names where they have some. */
  readonly isQuery: boolean;
  /** S3 writes `.000Z` always. */
  readonly hasMilliseconds: boolean;
}

/** `<name attributes>content</name>`; without content `<name/>`. */
export function element(name: string, content: string, attributes = ''): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

const UNSAFE = /[&<>"\r\u0000-\u0008\u000B\u000C\u000E-\u001F\u0085\u2028\uFFFE\uFFFF]/g;
const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text that stands between tags or in quotes. Control characters become references, as S3 sends them. */
export function escapeXml(text: string): string {
  const safe = text.isWellFormed() ? text : text.toWellFormed();
  if (safe.search(UNSAFE) < 0) return safe;
  return safe.replaceAll(UNSAFE, (character) => NAMED[character] ?? reference(character));
}

function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}

/** The body members of a structure, in the model's order. */
export function writeMembers(
  style: XmlStyle,
  shape: StructureShape,
  value: Readonly<Mutable>,
): string {
  let xml = '';
  for (const member of shape.members) {
    const item = value[member.name];
    if (member.location !== 'body' || member.isXmlAttribute) continue;
    if (item !== undefined && item !== null) xml += writeMember(style, member, item);
  }
  return xml;
}

function writeMember(style: XmlStyle, member: Member, value: unknown): string {
  const { shape } = member;
  switch (shape.kind) {
    case 'list': {
      const values = value as readonly unknown[]; // The output's type says so, here and below.
      if (shape.isFlattened || member.isFlattened) {
        const name = flattenedName(style, member, shape.queryName, shape.member);
        return values.map((item) => writeNamed(style, name, shape.member, item)).join('');
      }
      const name = shape.member.wireName;
      const items = values.map((item) => writeNamed(style, name, shape.member, item));
      return element(member.wireName, items.join(''));
    }
    case 'map':
      return writeMap(style, member, shape, value as Mutable);
    default:
      return writeNamed(style, member.wireName, member, value);
  }
}

/** A flattened list's elements go by the query name, the list's own, or its member's. */
function flattenedName(
  style: XmlStyle,
  member: Member,
  queryName: string | undefined,
  item: Member,
): string {
  if (style.isQuery && queryName !== undefined) return queryName;
  return style.isQuery && item.hasWireName ? item.wireName : member.wireName;
}

function writeMap(
  style: XmlStyle,
  member: Member,
  shape: MapShape,
  value: Readonly<Mutable>,
): string {
  const isFlattened = shape.isFlattened || member.isFlattened;
  const flatName = (style.isQuery && shape.queryName) || member.wireName;
  const name = isFlattened ? flatName : 'entry';
  const entries = Object.entries(value).map(([key, item]) => {
    const content =
      element(shape.key.wireName, escapeXml(key)) +
      writeNamed(style, shape.value.wireName, shape.value, item);
    return element(name, content);
  });
  return isFlattened ? entries.join('') : element(member.wireName, entries.join(''));
}

function writeNamed(style: XmlStyle, name: string, member: Member, value: unknown): string {
  const { shape } = member;
  if (shape.kind === 'structure') {
    const structure = value as Mutable; // As above.
    return element(name, writeMembers(style, shape, structure), attributesOf(shape, structure));
  }
  if (shape.kind === 'list' || shape.kind === 'map') {
    return writeMember(style, { ...member, wireName: name }, value);
  }
  return element(name, escapeXml(writeText(style, member, value)));
}

function writeText(style: XmlStyle, member: Member, value: unknown): string {
  const isIso =
    member.shape.kind === 'timestamp' && timestampFormat(member, 'iso8601') === 'iso8601';
  if (isIso && style.hasMilliseconds) return new Date(value as number).toISOString(); // As above.
  // Recorded: `<member>41.0</member>` in test_basic_operations_multiple_protocols[query].
  if (member.shape.kind === 'double') return javaDouble(value as number); // As above.
  return formatText(member, value, 'iso8601');
}

/** Namespace and members that are attributes: `xmlns:xsi="…" xsi:type="CanonicalUser"`. */
export function attributesOf(shape: StructureShape, value: Readonly<Mutable>): string {
  let attributes = shape.xmlNamespace
    ? ` xmlns${shape.xmlNamespace.prefix ? `:${shape.xmlNamespace.prefix}` : ''}="${escapeXml(shape.xmlNamespace.uri)}"`
    : '';
  for (const member of shape.attributes) {
    const item = value[member.name];
    if (item === undefined) continue;
    attributes += ` ${member.wireName}="${escapeXml(scalarText(item))}"`;
  }
  return attributes;
}
