import { imageToTensor } from 'wasm-norm';

// Shaped like what a canvas returns from getImageData(): four bytes a pixel, rows from the top.
const image = {
  data: Uint8ClampedArray.of(255, 128, 0, 255, 10, 20, 30, 255),
  width: 2,
  height: 1,
};

// Of ImageNet: what most models of photographs were trained on.
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const x = imageToTensor(image, imageNet);
console.log(x.dims); // 1, 3, 1, 2
console.log(x.data); // 2.249, -1.947, 0.205, -1.686, -1.804, -1.282

// Models that came from TensorFlow have their channels last, and often want -1 to 1.
const last = imageToTensor(image, { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], layout: 'nhwc' });
console.log(last.dims); // 1, 1, 2, 3
console.log(last.data); // 1, 0.004, -1, -0.922, -0.843, -0.765
