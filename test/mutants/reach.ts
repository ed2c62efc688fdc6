// How far a mistake can reach: what uses a declaration changes with it.

import { posix } from 'node:path';
import ts from 'typescript';

/** By path and name of a declaration (see {@link keyOf}), its name and those of all that uses it. */
export type Reach = ReadonlyMap<string, ReadonlySet<string>>;

/** Tells a declaration from those of the same name in other files. */
export function keyOf(path: string, name: string): string {
  return `${path}#${name}`;
}

/** Finds what uses what, directly or not. */
export function findReach(sources: readonly ts.SourceFile[]): Reach {
  const users = new Map<string, Set<string>>();
  for (const source of sources) {
    const imported = importsOf(source);
    for (const statement of source.statements) {
      const own = namesOf(statement).map((name) => keyOf(source.fileName, name));
      for (const name of identifiersIn(statement)) {
        const used = imported.get(name) ?? keyOf(source.fileName, name);
        const all = users.get(used) ?? new Set();
        users.set(used, all);
        for (const key of own) all.add(key);
      }
    }
  }
  const addReach = (key: string, reached: Set<string>): Set<string> => {
    if (reached.has(key)) return reached;
    reached.add(key);
    for (const user of users.get(key) ?? []) addReach(user, reached);
    return reached;
  };
  const nameOf = (key: string) => key.slice(key.indexOf('#') + 1);
  return new Map(
    [...users.keys()].map((key) => [key, new Set([...addReach(key, new Set())].map(nameOf))]),
  );
}

/** The names that a statement at the top of a file declares. */
export function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isFunctionDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map(({ name }) => name.getText());
}

/** The keys of what a file imports, by the names that it has there. */
function importsOf({ fileName, statements }: ts.SourceFile): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  for (const statement of statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const { text } = statement.moduleSpecifier as ts.StringLiteral;
    const path = `${posix.join(posix.dirname(fileName), text)}.ts`;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) throw new Error(`${fileName} imports no names`);
    for (const { name, propertyName } of bindings.elements) {
      imports.set(name.text, keyOf(path, (propertyName ?? name).text));
    }
  }
  return imports;
}

function identifiersIn(node: ts.Node): readonly string[] {
  if (ts.isIdentifier(node)) return [node.text];
  return node.getChildren().flatMap(identifiersIn);
}
