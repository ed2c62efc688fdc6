import { BatchNorm, foldBatchNorm, Tensor } from 'wasm-norm';

// A trained batch normalization of two channels, as loadStateDict() reads one from a file.
const norm = new BatchNorm(2).eval();
norm.weight.set([1.5, 0.5]);
norm.bias.set([0.1, -0.2]);
norm.runningMean.set([2, -1]);
norm.runningVar.set([4, 0.25]);

// The convolution before it: 2 channels out, 1 in, kernels of 2 x 2.
const weight = new Tensor(Float32Array.of(1, 2, 3, 4, -1, 0.5, 0, 2), [2, 1, 2, 2]);
const bias = Float32Array.of(0.5, -0.5);

const folded = foldBatchNorm(norm, { weight, bias });
console.log(folded.weight.data); // 0.750, 1.500, 2.250, 3.000, -1.000, 0.500, 0, 2.000
console.log(folded.bias.data); // -1.025, 0.300

// On a picture of 2 x 2 a convolution is a dot product for each channel.
const picture = [1, -2, 0.5, 3];
function convolve(weights, biases) {
  const sums = biases.map((sum, channel) =>
    picture.reduce((total, value, i) => total + value * weights[channel * 4 + i], sum),
  );
  return new Tensor(sums, [1, 2, 1, 1]);
}
console.log(norm.forward(convolve(weight.data, bias)).data); // 6.850, 4.300: both layers
console.log(convolve(folded.weight.data, folded.bias.data).data); // 6.850, 4.300: one
