import type { Contestant, Team } from './contestant.ts';
import { load } from './load-package.ts';
import { LIMIT } from './names.ts';

// What this file uses of the compiler, whose own types clash with those of Node.
interface Compiler {
  compileString(source: string, options: object): Promise<Compilation>;
}

interface Compilation {
  readonly binary: Uint8Array<ArrayBuffer> | null;
  readonly error: Error | null;
  readonly stderr: unknown;
}

const SOURCE = `
export function copy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}`;

const PAGE = 65536;

/** The limit: WebAssembly's own copy, which moves as many bytes as the operation. */
export async function memoryCopy(): Promise<Team> {
  const { compileString } = await load<Compiler>('assemblyscript/asc');
  const { binary, error, stderr } = await compileString(SOURCE, {
    optimizeLevel: 3,
    runtime: 'stub',
    importMemory: true,
  });
  if (binary === null) throw new Error(`memory.copy: ${stderr}`, { cause: error });
  const module = new WebAssembly.Module(binary);
  return {
    enter: ({ bytes }) => [copying(module, bytes / 2)],
  };
}

function copying(module: WebAssembly.Module, bytes: number): Contestant {
  const from = PAGE;
  const to = from + Math.ceil(bytes / PAGE) * PAGE;
  let memory: WebAssembly.Memory;
  let copy: (to: number, from: number, bytes: number) => void;
  return {
    name: LIMIT,
    load({ x }) {
      memory = new WebAssembly.Memory({ initial: (2 * to - from) / PAGE });
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      copy = exports.copy as typeof copy;
      const source = new Float32Array(memory.buffer, from, bytes / 4);
      for (let i = 0; i < source.length; i += x.length) {
        source.set(x.subarray(0, source.length - i), i);
      }
    },
    call() {
      copy(to, from, bytes);
    },
    results() {
      const copied = Buffer.compare(
        new Uint8Array(memory.buffer, from, bytes),
        new Uint8Array(memory.buffer, to, bytes),
      );
      if (copied !== 0) throw new Error('memory.copy: the copy differs.');
      return [];
    },
  };
}
