import type { Kind } from './norm.ts';

/** What each normalization does with this batch, and where it is used. */
export const TEXTS: Readonly<Record<Kind, string>> = {
  instance:
    'Each channel of each picture has a mean and a deviation of its own. The photograph and its result differ by just these, so after it they are nearly the same. This is what style transfer is built on.',
  batch:
    'Each channel has one mean and one deviation over all three pictures. A picture’s own light and colour stay, as far as they differ from the others’. A trained network uses running averages in their place.',
  layer:
    'Each picture has one mean and one deviation, over all that the shape takes in. Nothing depends on the other pictures, and channels keep their differences. This is how transformers normalize.',
  group:
    'Each picture has a mean and a deviation for each group of channels. One group is layer normalization, a group for each channel is instance normalization. It does not need a large batch.',
  rms: 'No mean is subtracted: values are divided by the root of their mean square. Signs and zeros stay, and a mean other than 0 stays other than 0. This is how most language models normalize.',
};

/** What the values of a set share. */
export function spellShared(kind: Kind): string {
  return kind === 'rms' ? 'a root mean square' : 'a mean and a deviation';
}
