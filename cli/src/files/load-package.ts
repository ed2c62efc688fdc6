import { Refusal } from './refusal.ts';

/**
 * Loads a package that only some users install.
 *
 * @param what needs it
 * @throws Refusal that says how to install it.
 */
export async function loadPackage<Module>(
  load: () => Promise<Module>,
  what: string,
  names: string,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Refusal(`${what}: needs packages that are not there: npm install ${names}`);
  }
}
