import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The part of the compiler that is used. Its own types would declare i32 and the like everywhere.
interface Compiler {
  main(
    options: readonly string[],
    host: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: string | Uint8Array): void;
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

const COMPILER = 'assemblyscript/asc';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Changes the text of a source file, given its path: `assembly/rows/apply.ts`. */
export type Edit = (path: string, text: string) => string;

/** The modules by name, and the file of each that the others are imported by. */
const ENTRIES = {
  kernels: 'assembly/index.ts',
  gradients: 'assembly/gradients.ts',
  vectors: 'assembly/vectors.ts',
  pixels: 'assembly/pixels/index.ts',
} as const;

export type ModuleName = keyof typeof ENTRIES;

/** The names of the modules. */
export const NAMES = Object.keys(ENTRIES) as readonly ModuleName[];

/**
 * Compiles a module in memory.
 *
 * @param target as `asconfig.json` names it
 * @param edit what to change in the sources on the way to the compiler
 * @throws Error with the compiler's messages
 */
export async function compileKernels(
  target: 'release' | 'debug',
  edit: Edit = (_, text) => text,
  name: ModuleName = 'kernels',
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: asc }: { default: Compiler } = await import(COMPILER);
  let module: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main([ENTRIES[name], '--target', target], {
    readFile(name) {
      const path = join(ROOT, name);
      return existsSync(path) ? edit(name, readFileSync(path, 'utf8')) : null;
    },
    writeFile(name, contents) {
      if (name.endsWith('.wasm')) module = Uint8Array.from(contents as Uint8Array);
    },
  });
  if (!module) throw new Error(`The kernels do not compile: ${stderr.toString() || error}`);
  return module;
}

/** Compiles all modules, and returns them by name in base64. */
export async function compileAll(
  target: 'release' | 'debug',
): Promise<Readonly<Record<ModuleName, string>>> {
  const modules: Partial<Record<ModuleName, string>> = {};
  for (const name of NAMES) {
    const module = await compileKernels(target, undefined, name);
    modules[name] = Buffer.from(module).toString('base64');
  }
  return modules as Record<ModuleName, string>;
}
