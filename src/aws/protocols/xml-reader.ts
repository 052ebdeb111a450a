/** XML bodies: text to a small tree within bounds, and the tree along a model's shapes. */
import { SaxesParser } from 'saxes';
import type { Member, Shape, StructureShape } from '../model.ts';
import { setOwn, type Mutable } from './records.ts';
import { parseText } from './texts.ts';

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** By full name: `xsi:type`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/** Levels of elements. */
const DEPTH_MAX = 50;
/** Elements of a document: ten thousand parts, AWS's most, have seventy thousand. */
const ELEMENTS_MAX = 200_000;

/** A document that is not well-formed, has a DTD, or passes the bounds. */
export class MalformedXml extends Error {
  override readonly name = 'MalformedXml';
}

/**
 * The root element of a document.
 * @throws MalformedXml
 */
export function parseXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open: XmlElement[] = [root];
  let elements = 0;
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on('error', (error) => {
    throw new MalformedXml(error.message);
  });
  parser.on('doctype', () => {
    throw new MalformedXml('a DTD');
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (open.length > DEPTH_MAX || elements > ELEMENTS_MAX) throw new MalformedXml('too large');
    const node = { name: localName(name), attributes, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const addText = (piece: string): void => {
    const node = open.at(-1);
    if (node) node.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  const [child] = root.children;
  if (!child) throw new MalformedXml('no element');
  return child;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/**
 * The structure that an element says. Elements that the model does not know are left out.
 * @throws MalformedXml where a text is not of its member's type
 */
export function readElement(shape: StructureShape, node: XmlElement): Mutable {
  const value: Mutable = {};
  for (const member of shape.bodyMembers.values()) {
    const read = member.isXmlAttribute
      ? node.attributes[member.wireName]
      : readMember(member, node.children);
    if (read !== undefined) value[member.name] = read;
  }
  return value;
}

function readMember(member: Member, siblings: readonly XmlElement[]): unknown {
  const { shape } = member;
  const isFlattened = member.isFlattened || ('isFlattened' in shape && shape.isFlattened);
  if (isFlattened) {
    const own = siblings.filter(({ name }) => name === member.wireName);
    return own.length === 0 ? undefined : readMany(shape, own);
  }
  const node = siblings.find(({ name }) => name === member.wireName);
  return node && readNode(shape, node);
}

function readNode(shape: Shape, node: XmlElement): unknown {
  switch (shape.kind) {
    case 'structure':
      return readElement(shape, node);
    case 'list':
      return readMany(
        shape,
        node.children.filter(({ name }) => name === shape.member.wireName),
      );
    case 'map':
      return readMany(
        shape,
        node.children.filter(({ name }) => name === 'entry'),
      );
    default: {
      const value = parseText(shape, node.text);
      if (value === undefined) throw new MalformedXml(`${node.name} is of the wrong type`);
      return value;
    }
  }
}

/** The elements of a list, or the entries of a map. */
function readMany(shape: Shape, nodes: readonly XmlElement[]): unknown {
  if (shape.kind === 'list') return nodes.map((node) => readNode(shape.member.shape, node));
  const result: Mutable = {};
  if (shape.kind !== 'map') return result;
  for (const node of nodes) {
    const key = node.children.find(({ name }) => name === shape.key.wireName)?.text ?? '';
    const value = node.children.find(({ name }) => name === shape.value.wireName);
    if (value) setOwn(result, key, readNode(shape.value.shape, value));
  }
  return result;
}
