import { layerNorm, normalize, Tensor } from 'wasm-norm';

const WIDTH = 8;
const KEPT = 4;

// Three embeddings, a row each, as a model returns them.
const embeddings = new Tensor(
  Float32Array.of(
    ...[3.1, 0.4, -1.2, 2.2, 0.9, -0.3, 1.8, 0.1],
    ...[2.9, 0.6, -1.0, 2.0, 0.8, -0.1, 1.9, 0.2],
    ...[-2.0, 1.4, 3.3, -0.7, 0.2, 1.1, -1.5, 2.4],
  ),
  [3, WIDTH],
);

// Each row gets the mean 0 and the deviation 1.
const normalized = layerNorm(embeddings, WIDTH);
console.log(normalized.data.subarray(0, WIDTH)); // 1.677, -0.358, -1.564, 0.999, 0.019, -0.886, 0.697, -0.584

// A Matryoshka model's first values are an embedding too. Each is brought to length 1.
const short = new Float32Array(3 * KEPT);
for (let row = 0; row < 3; row++) {
  const from = row * WIDTH;
  short.set(normalized.data.subarray(from, from + KEPT), row * KEPT);
}
const units = normalize(new Tensor(short, [3, KEPT]));
console.log(units.data.subarray(0, KEPT)); // 0.664, -0.142, -0.619, 0.395

// So their cosine is their dot product.
const dot = (a, b) => {
  const [p, q] = [a, b].map((row) => units.data.subarray(row * KEPT, (row + 1) * KEPT));
  return p.reduce((sum, value, i) => sum + value * q[i], 0);
};
console.log(dot(0, 1), dot(0, 2)); // 0.999, -0.990: alike, and opposite
