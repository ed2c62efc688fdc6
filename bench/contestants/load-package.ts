/**
 * Imports a package without its types, since those of the peers are absent if only
 * the root is installed. The caller declares what it uses.
 */
export async function load<T>(name: string): Promise<T> {
  const module = await import(name);
  return module.default ?? module;
}
