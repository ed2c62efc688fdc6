import { RevIN, Tensor } from 'wasm-norm';

const WINDOWS = 64;
const PAST = 24; // values that the model sees
const FUTURE = 6; // values that it forecasts

/** Cuts windows out of a wave around a level, each with what follows it: (N, L, C) of one channel. */
function makeSeries(level, height) {
  const wave = (t) => level + height * (Math.sin(t / 3) + 0.5 * Math.sin(t / 7));
  const cut = (first, length) => {
    const at = (i) => 5 * Math.floor(i / length) + first + (i % length);
    const data = Float32Array.from({ length: WINDOWS * length }, (_, i) => wave(at(i)));
    return new Tensor(data, [WINDOWS, length, 1]);
  };
  return { past: cut(0, PAST), future: cut(PAST, FUTURE) };
}

/** The model: each value of the forecast is a weighted sum of the window. */
function forecast(weight, { data }) {
  const y = Float32Array.from({ length: WINDOWS * FUTURE }, (_, i) => {
    const [window, step] = [Math.floor(i / FUTURE), i % FUTURE];
    const past = data.subarray(window * PAST, (window + 1) * PAST);
    return past.reduce((sum, value, from) => sum + weight[step * PAST + from] * value, 0);
  });
  return new Tensor(y, [WINDOWS, FUTURE, 1]);
}

/** Learns by gradient descent; errors count in deviations. */
function train(scaler, { past, future }) {
  const weight = new Float32Array(FUTURE * PAST);
  const x = scaler.normalize(past);
  // How far a step of 1 of the model goes in the series: the deviation.
  const [ones, zeros] = [1, 0].map((value) =>
    scaler.denormalize(
      new Tensor(
        future.data.map(() => value),
        future.shape,
      ),
    ),
  );
  for (let step = 0; step < 300; step++) {
    const y = scaler.denormalize(forecast(weight, x));
    const gradient = new Float32Array(FUTURE * PAST);
    y.data.forEach((value, i) => {
      const error = (value - future.data[i]) / (ones.data[i] - zeros.data[i]);
      const [window, to] = [Math.floor(i / FUTURE), i % FUTURE];
      for (let from = 0; from < PAST; from++) {
        gradient[to * PAST + from] += (2 * error * x.data[window * PAST + from]) / y.size;
      }
    });
    gradient.forEach((value, i) => {
      weight[i] -= 0.2 * value;
    });
  }
  return weight;
}

/** Returns the mean squared error of a forecast. */
function errorOf(scaler, weight, { past, future }) {
  const y = scaler.denormalize(forecast(weight, scaler.normalize(past)));
  return y.data.reduce((sum, value, i) => sum + (value - future.data[i]) ** 2, 0) / y.size;
}

/** The usual way: one mean and one deviation, those of all that was seen in training. */
function scalerOf({ data }) {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const std = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
  const scaled = (x, map) => new Tensor(x.data.map(map), x.shape);
  return {
    normalize: (x) => scaled(x, (value) => (value - mean) / std),
    denormalize: (y) => scaled(y, (value) => value * std + mean),
  };
}

const seen = makeSeries(20, 2);
const later = makeSeries(90, 6); // the level has drifted, and the waves are higher

for (const scaler of [scalerOf(seen.past), new RevIN(1, { affine: false })]) {
  const weight = train(scaler, seen);
  console.log(1000 * errorOf(scaler, weight, seen), 1000 * errorOf(scaler, weight, later));
}
