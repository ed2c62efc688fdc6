import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INDEX = join(ROOT, 'src/index.ts');

/** The committed listing. */
export const LISTING: string = join(ROOT, 'test/package/api.d.ts');

const HEADER = `// What users can import, and, without \`export\`, the types that these are made of. In alphabetical
// order. npm run api writes this file. A change of it is a change for users.
// biome-ignore-all lint/suspicious/noExplicitAny: as it is declared
`;

type Declaration =
  | ts.ClassDeclaration
  | ts.FunctionDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration;

interface Source {
  /** The declarations of each name, of which overloads have several. */
  readonly declarations: ReadonlyMap<string, readonly Declaration[]>;
  /** The path of the source from which each name comes that this one imports or exports. */
  readonly origins: ReadonlyMap<string, string>;
  /** The names among these that it exports from another source. */
  readonly exported: readonly string[];
}

/** Reads what tsc would declare for a source. */
function readSource(path: string): Source {
  const { outputText } = ts.transpileDeclaration(readFileSync(path, 'utf8'), {
    fileName: path,
    compilerOptions: { target: ts.ScriptTarget.ES2022, stripInternal: true },
  });
  const declarations = new Map<string, Declaration[]>();
  const origins = new Map<string, string>();
  const exported: string[] = [];
  const file = ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2022, true);
  for (const statement of file.statements) {
    if (isDeclaration(statement)) {
      const name = statement.name?.text ?? 'default';
      declarations.set(name, [...(declarations.get(name) ?? []), statement]);
    } else if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) {
      const names = namesOf(statement);
      for (const name of names) origins.set(name, join(dirname(path), specifierOf(statement)));
      if (ts.isExportDeclaration(statement)) exported.push(...names);
    }
  }
  return { declarations, origins, exported };
}

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

/** Returns the names between the braces of an import or an export. */
function namesOf(statement: ts.ImportDeclaration | ts.ExportDeclaration): readonly string[] {
  const list = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : statement.exportClause;
  if (list === undefined || !('elements' in list)) return [];
  return list.elements.map(({ name }) => name.text);
}

function specifierOf({ moduleSpecifier }: ts.ImportDeclaration | ts.ExportDeclaration): string {
  return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
    ? moduleSpecifier.text
    : '';
}

/** Returns a class without the members that users cannot reach. Other declarations stay. */
function withoutHidden(declaration: Declaration): Declaration {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isHidden = (member: ts.ClassElement): boolean =>
    (ts.getCombinedModifierFlags(member) & hidden) !== 0 ||
    (member.name !== undefined && ts.isPrivateIdentifier(member.name));
  if (!ts.isClassDeclaration(declaration)) return declaration;
  const { modifiers, name, typeParameters, heritageClauses } = declaration;
  const members = declaration.members.filter((member) => !isHidden(member));
  const rest = [modifiers, name, typeParameters, heritageClauses, members] as const;
  return ts.factory.updateClassDeclaration(declaration, ...rest);
}

/** Returns all identifiers in a declaration. */
function identifiersIn(declaration: Declaration): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

/** Returns the declarations of what src/index.ts exports, and of the types that these name. */
function collect(): readonly (readonly [name: string, text: string])[] {
  const sources = new Map<string, Source>();
  const sourceOf = (path: string): Source => {
    const source = sources.get(path) ?? readSource(path);
    sources.set(path, source);
    return source;
  };
  const printer = ts.createPrinter({ removeComments: true });
  const index = sourceOf(INDEX);
  const isExported = new Set(index.exported);
  const texts = new Map<string, string>();
  const add = (name: string, source: Source): void => {
    const origin = source.origins.get(name);
    if (origin !== undefined) add(name, sourceOf(origin));
    const all = (source.declarations.get(name) ?? []).map(withoutHidden);
    if (texts.has(name) || all.length === 0) return;
    const printed = all.map((declaration) =>
      printer.printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile()),
    );
    const text = printed.join('\n');
    texts.set(name, isExported.has(name) ? text : text.replaceAll(/^export /gm, ''));
    for (const declaration of all) {
      for (const found of identifiersIn(declaration)) add(found, source);
    }
  };
  for (const name of isExported) add(name, index);
  const lost = [...isExported].filter((name) => !texts.has(name));
  if (lost.length > 0) throw new Error(`src/index.ts: expected declarations of ${lost.join(', ')}`);
  return [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns the public names and their types, as one formatted text. */
export function listApi(): string {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const input = [HEADER, ...collect().map(([, text]) => `${text}\n`)].join('\n');
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${LISTING}`], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
  });
}
