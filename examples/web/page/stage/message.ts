import { byId } from '../shared/element.ts';

/** A message over the picture, which the user dismisses. It moves nothing. */
export class Message {
  readonly #box = byId('message', HTMLElement);
  readonly #text = byId('message-text', HTMLElement);

  constructor() {
    byId('message-close', HTMLButtonElement).addEventListener('click', () => this.dismiss());
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.dismiss();
    });
  }

  tell(sentence: string): void {
    this.#text.textContent = sentence;
    this.#box.classList.add('told');
  }

  dismiss(): void {
    this.#box.classList.remove('told');
    this.#text.textContent = '';
  }
}
