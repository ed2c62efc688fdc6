import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { BatchNorm, Tensor } from 'wasm-norm';

if (isMainThread) await main();
else parentPort.postMessage(train(workerData));

/** Lets a worker train, and goes on with what it learnt. */
async function main() {
  const x = Float32Array.from({ length: 256 }, (_, i) => 5 + 3 * Math.sin(i * i));
  const target = x.map((value, i) => (i % 2 ? -value : value / 3));
  const worker = new Worker(new URL(import.meta.url), { workerData: { x, target } });
  const { state, losses } = await new Promise((resolve, reject) => {
    worker.on('message', resolve).on('error', reject);
  });
  console.log(losses.map((loss) => loss.toFixed(4)).join(', '));

  const norm = new BatchNorm(2);
  norm.loadStateDict(state);
  console.log(norm.weight, norm.bias);
  console.log(norm.runningMean, norm.runningVar, norm.numBatchesTracked);
}

/** Fits weight and bias by gradient descent on the mean of (y - target)². */
function train({ x, target }) {
  const input = new Tensor(x, [x.length / 2, 2]);
  const norm = new BatchNorm(2);
  const losses = [];
  for (let step = 0; step <= 60; step++) {
    const error = norm.forward(input).data.map((value, i) => value - target[i]);
    const loss = error.reduce((sum, value) => sum + value ** 2, 0) / x.length;
    if (step % 20 === 0) losses.push(loss);
    const gradOutput = error.map((value) => (2 * value) / x.length);
    const gradients = norm.backward(new Tensor(gradOutput, input.shape));
    norm.weight.forEach((_, i) => {
      norm.weight[i] -= 0.2 * gradients.weight[i];
      norm.bias[i] -= 0.2 * gradients.bias[i];
    });
  }
  return { state: norm.stateDict(), losses };
}
