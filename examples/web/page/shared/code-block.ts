import { make } from './element.ts';

/** How long a button says that something was copied, in milliseconds. */
const NOTED = 1500;

/** Code that can be copied. */
export class CodeBlock {
  readonly #code = make('code');

  constructor(host: HTMLElement, label: string) {
    const copy = make('button', { type: 'button', className: 'copy' }, 'Copy');
    copy.ariaLabel = `Copy the ${label}`;
    copy.addEventListener('click', () => void this.#copy(copy));
    const text = make('pre', { tabIndex: 0, role: 'region', ariaLabel: label }, this.#code);
    host.classList.add('code-block');
    host.append(text, copy);
  }

  show(code: string): void {
    // Comments are set apart: they hold the numbers on screen.
    const parts = code.split(/(\/\/[^\n]*)/);
    this.#code.replaceChildren(
      ...parts.map((part) => (part.startsWith('//') ? make('i', {}, part) : part)),
    );
  }

  async #copy(button: HTMLButtonElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#code.textContent ?? '');
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Press Ctrl+C'; // the browser refused; the code is selected instead
      getSelection()?.selectAllChildren(this.#code);
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, NOTED);
  }
}
