// Mutants of a Solidity file: one small change each, at a place that the compiler's syntax tree names.
import { type AstNode, compile, readSource, withImports } from './sources.ts';

export type Mutant = {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly kind: string;
  /** The lines that the change touches, before and after, without the white space around them. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
};
type Change = { readonly kind: string; readonly start: number; readonly end: number; readonly by: string };

const COMPARED: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
};
const CALCULATED: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&': '|',
  '|': '&',
  '^': '&',
  '<<': '>>',
  '>>': '<<',
};
const YUL_CALLS: Readonly<Record<string, string>> = {
  add: 'sub',
  sub: 'add',
  and: 'or',
  or: 'and',
  shl: 'shr',
  shr: 'shl',
  lt: 'gt',
  gt: 'lt',
  mstore8: 'mstore',
};
/** Each says less than the one that belongs there. */
const GLOBALS: Readonly<Record<string, string>> = {
  'msg.sender': 'tx.origin',
  'block.timestamp': 'block.number',
  'block.number': 'block.timestamp',
  'block.chainid': 'block.number',
};

const at = (node: AstNode): [number, number] => {
  const [start, length] = node.src.split(':').map(Number) as [number, number];
  return [start, start + length];
};
const child = (node: AstNode, name: string) => node[name] as AstNode;
const children = (node: AstNode, name: string) => (node[name] ?? []) as AstNode[];
const typeOf = (node: AstNode) =>
  (node.typeDescriptions as { typeString?: string } | undefined)?.typeString ?? '';

/** Every mutant of the file, in the order of its lines. */
export function mutantsOf(file: string): Mutant[] {
  const source = Buffer.from(readSource(file), 'utf8');
  const output = compile(withImports(file), { '*': { '': ['ast'] } });
  const tree = output.sources[file]?.ast;
  if (!tree) throw new Error(`${file} does not compile: ${output.errors?.[0]?.formattedMessage}`);
  const changes: Change[] = [];
  walk(tree, (node) => changes.push(...changesOf(node, (start, end) => source.toString('utf8', start, end))));
  const seen = new Set<string>();
  return changes
    .sort((one, two) => one.start - two.start || one.end - two.end)
    .map((change) => applied(file, source, change))
    .filter(({ text }) => !seen.has(text) && seen.add(text));
}

function applied(file: string, source: Buffer, { kind, start, end, by }: Change): Mutant {
  const text = source.toString('utf8', 0, start) + by + source.toString('utf8', end);
  const first = source.lastIndexOf('\n', start - 1) + 1;
  const last = source.indexOf('\n', end);
  const flat = (lines: string) => lines.replace(/\s+/g, ' ').trim();
  return {
    file,
    line: source.toString('utf8', 0, start).split('\n').length,
    kind,
    from: flat(source.toString('utf8', first, last)),
    to: flat(source.toString('utf8', first, start) + by + source.toString('utf8', end, last)),
    text,
  };
}

/** Only code: no comments, imports, declarations of events and errors, and no types. */
const SKIPPED = new Set(['ImportDirective', 'EventDefinition', 'ErrorDefinition', 'StructuredDocumentation']);

function walk(value: unknown, visit: (node: AstNode) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit);
  else if (typeof value === 'object' && value !== null) {
    const node = value as AstNode;
    if (typeof node.nodeType === 'string') {
      if (SKIPPED.has(node.nodeType) || node.nodeType.endsWith('TypeName')) return;
      visit(node);
    }
    for (const [name, one] of Object.entries(node)) if (name !== 'typeDescriptions') walk(one, visit);
  }
}

function changesOf(node: AstNode, text: (start: number, end: number) => string): Change[] {
  const [start, end] = at(node);
  const whole = text(start, end);
  const replace = (kind: string, by: string, of: AstNode = node): Change => {
    const [from, until] = at(of);
    return { kind, start: from, end: until, by };
  };
  const source = (of: AstNode) => text(...at(of));
  /** The operator stands between its operands. */
  const operator = (kind: string, by: string, name: string): Change[] => {
    const [, from] = at(child(node, name === 'Assignment' ? 'leftHandSide' : 'leftExpression'));
    const [until] = at(child(node, name === 'Assignment' ? 'rightHandSide' : 'rightExpression'));
    const gap = text(from, until);
    return [{ kind, start: from, end: until, by: gap.replace(String(node.operator), by) }];
  };
  const swapped = (kind: string, args: readonly AstNode[]): Change[] =>
    args.slice(1).flatMap((second, place) => {
      const one = args[place] as AstNode;
      const plain = (type: string) => type.replace(/ (calldata|memory|storage \w+)$/, '');
      if (plain(typeOf(one)) !== plain(typeOf(second)) || source(one) === source(second)) return [];
      const [[a, b], [c, d]] = [at(one), at(second)];
      return [{ kind, start: a, end: d, by: text(c, d) + text(b, c) + text(a, b) }];
    });

  switch (node.nodeType) {
    case 'BinaryOperation': {
      const sign = String(node.operator);
      const [left, right] = [child(node, 'leftExpression'), child(node, 'rightExpression')];
      if (COMPARED[sign]) return COMPARED[sign].flatMap((by) => operator('comparison', by, 'Binary'));
      if (sign === '&&' || sign === '||')
        return [
          ...operator('logic', sign === '&&' ? '||' : '&&', 'Binary'),
          replace('operand dropped', `(${source(right)})`),
          replace('operand dropped', `(${source(left)})`),
        ];
      return CALCULATED[sign] ? operator('arithmetic', CALCULATED[sign], 'Binary') : [];
    }
    case 'UnaryOperation': {
      const sub = source(child(node, 'subExpression'));
      if (node.operator === '!') return [replace('logic', `(${sub})`)];
      if (node.operator === '++') return [replace('arithmetic', whole.replace('++', '--'))];
      return node.operator === '--' ? [replace('arithmetic', whole.replace('--', '++'))] : [];
    }
    case 'Assignment': {
      const sign = String(node.operator);
      const other = { '>>=': '<<=', '<<=': '>>=', '+=': '-=', '-=': '+=' }[sign];
      return other ? operator('arithmetic', other, 'Assignment') : [];
    }
    case 'IfStatement':
    case 'Conditional':
      return ['true', 'false'].map((by) => replace('condition', by, child(node, 'condition')));
    case 'WhileStatement':
    case 'ForStatement':
      return [replace('condition', 'false', child(node, 'condition'))];
    case 'ExpressionStatement':
    case 'EmitStatement':
      // the tree leaves the semicolon out
      return text(end, end + 1) === ';' ? [{ kind: 'statement dropped', start, end: end + 1, by: '{}' }] : [];
    case 'RevertStatement':
      return [
        { kind: 'revert dropped', start, end: end + 1, by: '{}' },
        replace('error without name', 'revert()'),
      ];
    case 'Return': {
      const given = node.expression as AstNode | null;
      if (!given) return [];
      const parts = given.nodeType === 'TupleExpression' ? children(given, 'components') : [given];
      return parts.flatMap((part) => {
        const by = emptied(typeOf(part), source(part));
        return by === null ? [] : [replace('value returned', by, part)];
      });
    }
    case 'FunctionCall': {
      // `from(uint64 a)`: a cast has one argument and is not swapped
      return swapped('arguments swapped', children(node, 'arguments'));
    }
    case 'TupleExpression':
      return node.isInlineArray
        ? []
        : swapped('members swapped', children(node, 'components').filter(Boolean));
    case 'Literal':
      return literals(String(node.kind), String(node.value ?? ''), whole).map((by) =>
        replace('constant', by),
      );
    case 'MemberAccess': {
      const other = GLOBALS[whole];
      if (other) return [replace('global', other)];
      return /^type\(\w+\)\.max$/.test(whole) ? [replace('constant', whole.replace('.max', '.min'))] : [];
    }
    case 'YulFunctionCall': {
      const name = String(child(node, 'functionName').name);
      const args = children(node, 'arguments');
      const other = YUL_CALLS[name];
      const changed = other ? [replace('arithmetic', other, child(node, 'functionName'))] : [];
      if (name === 'and' || name === 'or')
        changed.push(...args.map((kept) => replace('operand dropped', source(kept))));
      if (name === 'iszero') changed.push(replace('logic', source(args[0] as AstNode)));
      if (name === 'eq') changed.push(replace('logic', `iszero(${whole})`));
      return changed;
    }
    case 'YulLiteral':
      return node.kind === 'number'
        ? literals('number', String(node.value), whole).map((by) => replace('constant', by))
        : [];
    case 'YulIf':
      return ['1', '0'].map((by) => replace('condition', by, child(node, 'condition')));
    case 'YulSwitch':
      return ['1', '0'].map((by) => replace('condition', by, child(node, 'expression')));
    case 'YulForLoop':
      return [replace('condition', '0', child(node, 'condition'))];
    case 'YulAssignment':
    case 'YulExpressionStatement':
    case 'YulBreak':
      return [replace('statement dropped', '{}')];
    default:
      return [];
  }
}

/** A number one more and one less, a truth value turned round, a text with a letter more. */
function literals(kind: string, value: string, whole: string): string[] {
  if (kind === 'bool') return [value === 'true' ? 'false' : 'true'];
  if (kind === 'string') return whole.length > 2 ? [`${whole.slice(0, -1)}x${whole.at(-1)}`] : [];
  if (kind !== 'number' || !/^(0x[0-9a-fA-F]+|\d[\d_]*)$/.test(whole)) return [];
  const number = BigInt(whole.replaceAll('_', ''));
  const shown = (other: bigint) =>
    whole.startsWith('0x') ? `0x${other.toString(16).padStart(whole.length - 2, '0')}` : String(other);
  return number > 0n ? [shown(number + 1n), shown(number - 1n)] : [shown(1n)];
}

/** The value that means nothing in a type, or for a truth value its opposite; null where there is none. */
function emptied(type: string, whole: string): string | null {
  if (type === 'bool') return /^(true|false)$/.test(whole) ? null : `!(${whole})`;
  const by = /^uint/.test(type)
    ? '0'
    : /^bytes\d/.test(type)
      ? `${type}(0)`
      : type === 'address'
        ? 'address(0)'
        : null;
  return by === whole ? null : by;
}
