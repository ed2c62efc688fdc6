import type { Folder } from './commands.ts';

/** A package in a list of CycloneDX. */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
}

interface Sbom {
  readonly components: readonly Component[];
}

// What is inside dist/ is installed with the library and no dependency of it.
const BUNDLED = '@assemblyscript/loader';

/** Lists what a user of both packages gets, in the form of CycloneDX. */
export function listComponents(consumer: Folder, clone: Folder): Sbom {
  const listed: Sbom = JSON.parse(consumer.run('npm', 'sbom', '--sbom-format', 'cyclonedx'));
  const tools: Sbom = JSON.parse(clone.run('npm', 'sbom', '--sbom-format', 'cyclonedx'));
  const bundled = tools.components.filter(({ name }) => name === BUNDLED);
  if (bundled.length === 0) throw new Error(`npm sbom: expected ${BUNDLED} in the clone`);
  return { ...listed, components: [...listed.components, ...bundled] };
}

/** Returns a line for each component: its name, version and licence. Throws where it has none. */
export function licencesOf({ components }: Sbom): readonly string[] {
  return components.map(({ name, version, licenses = [] }) => {
    const ids = licenses.map(
      ({ license, expression }) => expression ?? license?.id ?? license?.name,
    );
    if (ids.length === 0) throw new Error(`${name} ${version}: expected a licence, got none`);
    return `${name} ${version}: ${ids.join(', ')}`;
  });
}

/**
 * Asks the registry about what is installed, and returns its answer, or that it has none. Throws
 * where a signature is wrong or a dependency is known to be weak.
 */
export function audit(folder: Folder, ...args: readonly string[]): string {
  const { status, stdout, stderr } = folder.try('npm', 'audit', '--fetch-retries=0', ...args);
  const said = `${stdout}\n${stderr}`.trim();
  if (status === 0) return said;
  if (/invalid|missing|vulnerabilit/i.test(stdout)) throw new Error(said);
  return `the registry does not answer: ${said.split('\n')[0]}`;
}
