// Ways to break the kernels: one operator, constant, call or statement at a time.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { findReach, keyOf, namesOf, type Reach } from './reach.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One change of one source file. */
export interface Mutation {
  /** As the compiler names the file: assembly/rows/apply.ts. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly to: string;
  /** The names of the functions, kernels among them, whose results it may change. */
  readonly reach: ReadonlySet<string>;
}

/** Returns all mutations of the kernels, file by file and in the order of the text. */
export function mutationsOfKernels(): readonly Mutation[] {
  const names = readdirSync(join(ROOT, 'assembly'), { recursive: true, encoding: 'utf8' });
  return mutationsOf(
    names
      // Kernels of convolutions are no part of the library's modules, which the campaign replaces.
      .filter((name) => name.endsWith('.ts') && name !== 'index.ts' && !name.startsWith('paint'))
      .sort()
      .map((name) => `assembly/${name}`)
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
}

/** Applies a mutation to the text of its file. */
export function mutate(text: string, { start, end, to }: Mutation): string {
  return text.slice(0, start) + to + text.slice(end);
}

/** Returns all mutations of texts, given by path. */
export function mutationsOf(files: readonly (readonly [string, string])[]): readonly Mutation[] {
  const sources = files.map(([path, text]) =>
    ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
  );
  const reach = findReach(sources);
  return sources.flatMap((source) =>
    source.statements.flatMap((statement) => mutationsIn(source, statement, reach)),
  );
}

function mutationsIn(source: ts.SourceFile, statement: ts.Statement, all: Reach): Mutation[] {
  const keys = namesOf(statement).map((name) => keyOf(source.fileName, name));
  const reach = new Set(keys.flatMap((key) => [...(all.get(key) ?? [])]));
  const found: Mutation[] = [];
  const add = (node: ts.Node, to: string) => {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    const from = node.getText(source);
    found.push({ path: source.fileName, line, start, end: node.end, from, to, reach });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    breakNode(node, add);
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return found;
}

type Add = (node: ts.Node, to: string) => void;

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '&&': ['||'],
  '||': ['&&'],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+=': ['-='],
  '-=': ['+='],
  '=': [],
  ',': [],
};

const FUNCTIONS: Readonly<Record<string, string>> = {
  add: 'sub',
  sub: 'add',
  mul: 'add',
  div: 'mul',
  pmax: 'pmin',
  max: 'min',
  min: 'max',
};

function breakNode(node: ts.Node, add: Add): void {
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken;
    const others = OPERATORS[operator.getText()];
    if (!others) throw new Error(`no mutation of ${operator.getText()}`);
    for (const other of others) add(operator, other);
  } else if (ts.isPrefixUnaryExpression(node)) {
    breakUnary(node, add);
  } else if (ts.isPostfixUnaryExpression(node)) {
    add(
      node,
      `${node.operand.getText()}${node.operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++'}`,
    );
  } else if (ts.isNumericLiteral(node)) {
    add(node, breakNumber(node.text, node.getText()));
  } else if (ts.isCallExpression(node)) {
    breakCall(node, add);
  } else if (ts.isIfStatement(node) || ts.isWhileStatement(node)) {
    negate(node.expression, add);
  } else if (ts.isForStatement(node) && node.condition) {
    negate(node.condition, add);
  } else if (ts.isConditionalExpression(node)) {
    negate(node.condition, add);
  } else if (ts.isExpressionStatement(node)) {
    add(node, ';');
  }
}

function breakUnary(node: ts.PrefixUnaryExpression, add: Add): void {
  const text = node.getText();
  const operand = node.operand.getText();
  if (text.startsWith('++')) add(node, `--${operand}`);
  else if (text.startsWith('--')) add(node, `++${operand}`);
  // The operand without its !, - or ~.
  else add(node, operand);
}

/** Adds 1 to a whole number, and doubles any other. */
function breakNumber(value: string, spelling: string): string {
  const number = Number(value);
  return Number.isInteger(number) && number < 2 ** 31 ? String(number + 1) : `${spelling} * 2`;
}

/** Calls another function with the same arguments, or takes the first argument by itself. */
function breakCall(node: ts.CallExpression, add: Add): void {
  const callee = node.expression;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  const other = FUNCTIONS[name.getText()];
  if (other) add(name, other);
  if (name.getText() === 'abs' || name.getText() === 'sqrt') {
    add(node, (node.arguments[0] as ts.Expression).getText());
  }
}

/** Negates a condition. Comparisons and what is made of them are broken as operators. */
function negate(condition: ts.Expression, add: Add): void {
  if (ts.isBinaryExpression(condition) || ts.isPrefixUnaryExpression(condition)) return;
  add(condition, `!(${condition.getText()})`);
}
