import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { groupNorm, instanceNorm, type TensorLike } from 'wasm-norm';

type Node = onnxProto.onnx.INodeProto;
type Graph = onnxProto.onnx.IGraphProto;
type Values = Map<string, Tensor>;

const { ModelProto } = onnxProto.onnx;

// The nodes that are taken out. onnxruntime-web has no custom operators, so a model can only be
// cut at them.
const NORMS = ['InstanceNormalization', 'GroupNormalization'];

// onnx.proto3's number of float32.
const FLOAT = 1;

// From this version of the operators on, a GroupNormalization has a scale for each channel.
const CHANNEL_SCALES = 21;

/** What can be done at once: a piece of the model, and then the normalizations of its results. */
interface Stage {
  readonly piece: InferenceSession | null;
  readonly norms: readonly Node[];
}

/**
 * A model that onnxruntime-web runs but for its instance and group normalizations, which are
 * those of this library.
 */
export class CutModel {
  readonly #stages: readonly Stage[];
  readonly #constants: Values;
  readonly #outputs: readonly string[];
  readonly #version: number;

  private constructor(
    stages: readonly Stage[],
    constants: Values,
    outputs: readonly string[],
    version: number,
  ) {
    this.#stages = stages;
    this.#constants = constants;
    this.#outputs = outputs;
    this.#version = version;
  }

  /**
   * Cuts a model at its normalizations, and makes a session of each piece.
   *
   * @param bytes the file; what lies in other files beside it, and tensors between pieces that are
   *   not float32 and that the file gives no type, are not supported
   */
  static async create(
    bytes: Uint8Array,
    options: InferenceSession.SessionOptions = {},
  ): Promise<CutModel> {
    const model = ModelProto.decode(bytes);
    const graph = model.graph as Graph;
    const nodes = listOf(graph.node);
    const inStages = stagesOf(nodes, graph);
    const wanted = new Set(listOf(graph.output).map(nameOf));
    const stages: Stage[] = [];
    for (const ofStage of inStages) {
      const norms = ofStage.filter(isNorm);
      const others = ofStage.filter((node) => !isNorm(node));
      const later = nodes.filter((node) => !others.includes(node)).flatMap(inputsOf);
      const piece = pieceOf(graph, others, new Set([...wanted, ...later]));
      const session =
        others.length === 0
          ? null
          : await InferenceSession.create(
              ModelProto.encode({ ...model, graph: piece }).finish(),
              options,
            );
      stages.push({ piece: session, norms });
    }
    const parameters = new Set(nodes.filter(isNorm).flatMap(inputsOf));
    const constants = listOf(graph.initializer)
      .filter(({ name }) => parameters.has(name ?? ''))
      .map((tensor): [string, Tensor] => [nameOf(tensor), floatsOf(tensor)]);
    const version = listOf(model.opsetImport).find(({ domain }) => !domain)?.version;
    return new CutModel(stages, new Map(constants), [...wanted], Number(version));
  }

  /** How many pieces onnxruntime runs. */
  get pieces(): number {
    return this.#stages.filter(({ piece }) => piece !== null).length;
  }

  /** Runs the pieces and the normalizations between them. */
  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const values: Values = new Map([...this.#constants, ...Object.entries(feeds)]);
    for (const { piece, norms } of this.#stages) {
      if (piece !== null) {
        const inputs = piece.inputNames.map((name) => [name, tensorOf(values, name)]);
        const results = await piece.run(Object.fromEntries(inputs));
        for (const name of piece.outputNames) values.set(name, results[name] as Tensor);
      }
      for (const norm of norms) {
        values.set(norm.output?.[0] as string, normalize(norm, values, this.#version));
      }
    }
    return Object.fromEntries(this.#outputs.map((name) => [name, tensorOf(values, name)]));
  }
}

/** Does what a node does. Its data may be float16 too. */
function normalize(node: Node, values: Values, version: number): Tensor {
  const [input = '', scale = '', shift = ''] = node.input ?? [];
  const x = tensorOf(values, input);
  const attribute = (wanted: string) => node.attribute?.find(({ name }) => name === wanted);
  const eps = attribute('epsilon')?.f ?? 1e-5;
  const groups = Number(attribute('num_groups')?.i ?? 0);
  const each = groups > 0 && version < CHANNEL_SCALES ? (x.dims[1] as number) / groups : 1;
  const weight = repeated(tensorOf(values, scale), each);
  const bias = repeated(tensorOf(values, shift), each);
  // What a session gives is in this form.
  const given = x as unknown as TensorLike;
  const y =
    groups > 0
      ? groupNorm(given, groups, { weight, bias, eps })
      : instanceNorm(given, { weight, bias, eps });
  return new Tensor(x.type as 'float32', y.data, y.dims);
}

/** Returns values of each group as values of each of its channels. */
function repeated(values: Tensor, times: number): TensorLike {
  const tensor = values as unknown as TensorLike;
  if (times === 1) return tensor;
  const data = new Float32Array(tensor.data.length * times);
  data.forEach((_, i) => {
    data[i] = tensor.data[Math.floor(i / times)] as number;
  });
  return { data, shape: [data.length] };
}

function tensorOf(values: Values, name: string): Tensor {
  const value = values.get(name);
  if (value === undefined) throw new Error(`${name}: expected a tensor of this name`);
  return value;
}

function isNorm({ opType }: Node): boolean {
  return NORMS.includes(opType ?? '');
}

/**
 * Gives each node the first stage in which all that it reads is there. What a normalization makes
 * is there one stage later.
 */
function stagesOf(nodes: readonly Node[], graph: Graph): readonly (readonly Node[])[] {
  const ready = new Map(listOf(graph.input).map(({ name }) => [name, 0]));
  const stages: Node[][] = [];
  // A model has its nodes in an order in which each comes after those that it reads.
  for (const node of nodes) {
    const stage = Math.max(0, ...inputsOf(node).map((name) => ready.get(name) ?? 0));
    for (const name of node.output ?? []) ready.set(name, stage + (isNorm(node) ? 1 : 0));
    stages[stage] ??= [];
    stages[stage].push(node);
  }
  return Array.from(stages, (stage) => stage ?? []);
}

/** Makes a graph of some nodes, whose results are those that others want. */
function pieceOf(graph: Graph, nodes: readonly Node[], wanted: ReadonlySet<string>): Graph {
  const made = nodes.flatMap(({ output }) => output ?? []).filter((name) => name !== '');
  const read = new Set(nodes.flatMap(inputsOf));
  const initializer = listOf(graph.initializer).filter(({ name }) => read.has(name ?? ''));
  const known = new Set([...made, ...initializer.map(nameOf)]);
  const typed = [graph.input, graph.output, graph.valueInfo].flatMap(listOf);
  const describe = (name: string) =>
    typed.find((value) => value.name === name) ?? {
      name,
      type: { tensorType: { elemType: FLOAT } },
    };
  return {
    name: 'piece',
    node: [...nodes],
    initializer,
    input: [...read].filter((name) => !known.has(name)).map(describe),
    output: made.filter((name) => wanted.has(name)).map(describe),
  };
}

/** Returns the names that a node reads, those of graphs inside it too. */
function inputsOf({ input, attribute }: Node): readonly string[] {
  const graphs = (attribute ?? []).flatMap(({ g, graphs }) => [g ?? [], graphs ?? []].flat());
  const inside = graphs.flatMap((graph) => {
    const own = listOf(graph.node).flatMap(({ output }) => output ?? []);
    const given = [graph.input, graph.initializer].flatMap(listOf).map(nameOf);
    const inner = listOf(graph.node).flatMap(inputsOf);
    const results = listOf(graph.output).map(nameOf);
    return [...inner, ...results].filter((name) => ![...own, ...given].includes(name));
  });
  return [...(input ?? []), ...inside].filter((name) => name !== '');
}

/** Reads a constant of float32. */
function floatsOf(tensor: onnxProto.onnx.ITensorProto): Tensor {
  const { dims, dataType, floatData, rawData } = tensor;
  if (dataType !== FLOAT) throw new Error(`${nameOf(tensor)}: expected float32`);
  const data = rawData?.length
    ? new Float32Array(rawData.slice().buffer)
    : Float32Array.from(floatData ?? []);
  return new Tensor('float32', data, (dims ?? []).map(Number));
}

function nameOf({ name }: { readonly name?: string | null }): string {
  return name ?? '';
}

function listOf<Value>(list: readonly Value[] | null | undefined): readonly Value[] {
  return list ?? [];
}
