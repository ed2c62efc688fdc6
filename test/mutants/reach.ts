// How far a mistake can reach: a declaration changes what those do that use it.

import ts from 'typescript';

/** By name, the functions and constants of one name that use it, and itself. */
export type Reach = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds what uses what, directly or not. Names that two files declare count as one. */
export function findReach(sources: readonly ts.SourceFile[]): Reach {
  const statements = sources.flatMap(({ statements }) => [...statements]);
  const users = new Map<string, Set<string>>();
  for (const statement of statements) {
    for (const used of identifiersIn(statement)) {
      const all = users.get(used) ?? new Set();
      users.set(used, all);
      for (const name of namesOf(statement)) all.add(name);
    }
  }
  const reachOf = (name: string, reached = new Set<string>()): Set<string> => {
    if (reached.has(name)) return reached;
    reached.add(name);
    for (const user of users.get(name) ?? []) reachOf(user, reached);
    return reached;
  };
  return new Map(statements.flatMap(namesOf).map((name) => [name, reachOf(name)]));
}

/** The names that a statement at the top of a file declares. */
export function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isFunctionDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map(({ name }) => name.getText());
}

function identifiersIn(node: ts.Node): readonly string[] {
  if (ts.isIdentifier(node)) return [node.text];
  return node.getChildren().flatMap(identifiersIn);
}
