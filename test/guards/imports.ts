import { parseSync } from 'rolldown/utils';

/** A module that a file names, however it does so. */
export type Import = {
  from: string;
  /** The names taken from it; `*` where it takes all of it or nothing by name. */
  names: string[];
  /** Nothing of it is left once the types are gone. */
  typeOnly: boolean;
};

export type Source = {
  imports: Import[];
  /** Names that the file uses and does not declare as a property: `Date`, `fetch`, `DateTime.utc()`. */
  uses: Set<string>;
  calls: Set<string>;
};

type Node = { type: string; [field: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const text = (value: unknown): string | null => {
  if (!isNode(value)) return null;
  if (value.type === 'Literal' && typeof value['value'] === 'string') return value['value'];
  if (value.type === 'TSLiteralType') return text(value['literal']);
  const { quasis } = value as { quasis?: { value: { cooked: string } }[] };
  return value.type === 'TemplateLiteral' && quasis?.length === 1 ? quasis[0]!.value.cooked : null;
};
const nameOf = (value: unknown): string => (isNode(value) ? String(value['name'] ?? value['value'] ?? '') : '');

/** An import whose module is only known when it runs. */
export const unknown = '?';

/** Reads what a file imports and uses, by the parser of the bundler that builds it. @throws when it does not parse. */
export function readSource(path: string, code: string): Source {
  const { program, errors } = parseSync(path, code);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const source: Source = { imports: [], uses: new Set(), calls: new Set() };
  visit(program as unknown as Node, null, source);
  return source;
}

function visit(node: Node, parent: Node | null, source: Source): void {
  const found = importOf(node);
  if (found) source.imports.push(found);
  const used = useOf(node, parent);
  if (used) source.uses.add(used);
  if (node.type === 'CallExpression') {
    const { arguments: given } = node as unknown as { arguments: unknown[] };
    source.calls.add(`${nameIn(node['callee'])}(${given.length === 0 ? '' : '…'})`);
  }
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) visit(each, node, source);
  }
}

const nameIn = (node: unknown): string => {
  if (!isNode(node)) return '';
  return node.type === 'MemberExpression' ? `${nameIn(node['object'])}.${member(node)}` : nameOf(node);
};
const member = (node: Node) => (node['computed'] ? (text(node['property']) ?? unknown) : nameOf(node['property']));

function importOf(node: Node): Import | null {
  const from = (value: unknown) => text(value) ?? unknown;
  const everything = { names: ['*'], typeOnly: false };
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration': {
      if (!isNode(node['source'])) return null;
      const kind = node.type === 'ImportDeclaration' ? 'importKind' : 'exportKind';
      const specifiers = (node['specifiers'] ?? []) as Node[];
      const typeOnly =
        node[kind] === 'type' || (specifiers.length > 0 && specifiers.every((each) => each[kind] === 'type'));
      const taken = specifiers.map((each) =>
        nameOf(node.type === 'ImportDeclaration' ? each['imported'] : each['local']),
      );
      const names = taken.length > 0 ? taken.map((name) => name || '*') : ['*'];
      return { from: from(node['source']), names, typeOnly };
    }
    case 'ExportAllDeclaration':
      return { from: from(node['source']), names: ['*'], typeOnly: node['exportKind'] === 'type' };
    case 'ImportExpression':
      return { from: from(node['source']), ...everything };
    case 'TSImportType':
      return { from: from(node['source'] ?? node['argument']), names: ['*'], typeOnly: true };
    case 'TSExternalModuleReference':
      return { from: from(node['expression']), ...everything };
    case 'CallExpression': {
      const callee = nameIn(node['callee']);
      if (callee !== 'require' && callee !== 'require.resolve' && callee !== 'import.meta.resolve') return null;
      return { from: from((node as unknown as { arguments: unknown[] }).arguments[0]), ...everything };
    }
    default:
      return null;
  }
}

/** `Date` in `Date.now()` and in `typeof Date`, but neither in `x.Date` nor in `{ Date: 1 }`. `process.env` as a whole. */
function useOf(node: Node, parent: Node | null): string | null {
  if (node.type !== 'Identifier') return null;
  const name = nameOf(node);
  if (parent?.type === 'MemberExpression' && parent['property'] === node && !parent['computed']) return null;
  if (parent?.type === 'Property' && parent['key'] === node && !parent['computed'] && !parent['shorthand']) return null;
  if (
    /^(TSPropertySignature|PropertyDefinition|MethodDefinition|TSMethodSignature|ImportSpecifier)$/.test(
      parent?.type ?? '',
    )
  )
    if (parent!['key'] === node || parent!['imported'] === node) return null;
  if (parent?.type === 'MemberExpression' && parent['object'] === node) return `${name}.${member(parent)}`;
  return name;
}
