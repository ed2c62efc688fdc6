import type { Inputs, OnnxNode } from '../problems/operation.ts';
import type { Shape } from '../problems/shapes.ts';
import type { Contestant, Team } from './contestant.ts';
import { load } from './load-package.ts';
import { inThreads, ONNXRUNTIME_NODE, ONNXRUNTIME_WEB } from './names.ts';
import { encodeModel } from './onnx-model.ts';

// What this file uses of onnxruntime; it is the same in Node and on the web.
interface Runtime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: SessionOptions): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Value;
}

interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
}

interface Session {
  run(feeds: Values, fetches?: Values): Promise<Values>;
  release(): Promise<void>;
}

type Values = Record<string, Value>;

interface Value {
  readonly data: Float32Array;
}

interface Host {
  readonly name: string;
  readonly provider: string;
  /** Whether it writes into a given output; onnxruntime-web 1.30 leaves zeros there. */
  readonly fillsOutput: boolean;
  readonly threads: number;
}

/** onnxruntime-node: native code, one thread or more. */
export function onnxruntimeNode(threads = 1): Promise<Team> {
  return onnxruntime({ name: ONNXRUNTIME_NODE, provider: 'cpu', fillsOutput: true, threads });
}

/** onnxruntime-web: WebAssembly with SIMD, one thread. */
export function onnxruntimeWeb(): Promise<Team> {
  return onnxruntime({ name: ONNXRUNTIME_WEB, provider: 'wasm', fillsOutput: false, threads: 1 });
}

async function onnxruntime(host: Host): Promise<Team> {
  const runtime = await load<Runtime>(host.name);
  runtime.env.wasm.numThreads = 1;
  return {
    enter(problem) {
      const { operation, pass, layout, shape } = problem;
      // It has neither gradients nor channels last.
      const node = pass === 'forward' && layout === 'nchw' && operation.onnx?.(shape);
      return node ? [contestant(host, runtime, node, shape)] : [];
    },
  };
}

function contestant(
  { name, provider, fillsOutput, threads }: Host,
  { InferenceSession, Tensor }: Runtime,
  node: OnnxNode,
  shape: Shape,
): Contestant {
  let session: Session | undefined;
  let feeds: Values;
  let fetches: Values | undefined;
  let output: Value;
  return {
    name: `${name}${inThreads(threads)}`,
    async load(inputs) {
      session ??= await InferenceSession.create(await encodeModel(node), {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
      });
      const feed = (input: keyof Inputs) => {
        const data = inputs[input];
        return new Tensor('float32', data, input === 'x' ? shape : [data.length]);
      };
      feeds = Object.fromEntries(node.inputs.map((input) => [input, feed(input)]));
      if (fillsOutput) {
        fetches = { y: new Tensor('float32', new Float32Array(inputs.x.length), shape) };
      }
    },
    async call() {
      const outputs = await (session as Session).run(feeds, fetches);
      output = outputs.y as Value;
    },
    results: () => [output.data],
    release: () => session?.release(),
  };
}
