import { ImageProcessor, RawImage } from '@huggingface/transformers';
import { expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeness.ts';
import { uniforms } from '../../test/support/random.ts';
import { imageToInput } from './image-input.ts';

it("makes the pixel values of transformers.js's own processor", async () => {
  const bytes = Uint8ClampedArray.from(uniforms(4 * 31 * 17, 1, 0, 255));
  const image = new RawImage(bytes, 31, 17, 4);
  const processor = new ImageProcessor({
    do_resize: false,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
  });
  const input = imageToInput(image);
  // Afterwards, since it takes the alpha out of the image itself.
  const { pixel_values } = await processor([image]);
  expect(input.dims).toEqual(pixel_values.dims);
  expectClose(input.data, pixel_values.data);
});
