import { byId, make } from '../shared/element.ts';
import { PAIRS, type Pair, PHOTOS, photoUrl } from './photos.ts';

/** Offers pictures that go well together. */
export function offerPairs(onChoose: (pair: Pair) => void): void {
  const host = byId('pairs', HTMLElement);
  for (const pair of PAIRS) {
    const images = ([pair.content, pair.style] as const).map((photo) =>
      make('img', { src: photoUrl(photo), alt: '', width: 44, height: 44 }),
    );
    const button = make('button', { type: 'button', className: 'pair' }, ...images);
    const label = `${PHOTOS[pair.content]} in the colours of ${PHOTOS[pair.style]}`;
    button.ariaLabel = label;
    button.title = label;
    button.addEventListener('click', () => onChoose(pair));
    host.append(button);
  }
}
