import { Refusal } from '../../refusal.ts';
import type { Format } from '../shared/bitmaps.ts';
import { byId } from '../shared/element.ts';
import { canShare, copyPicture, save, share } from './saving.ts';

/** How long a button says that it has done its work, in milliseconds. */
const NOTED = 1500;

/** Writes the result, and names it; rejects with a Refusal where the user has cancelled it. */
export type Write = (format: Format) => Promise<File>;

/** Lets the user take the result along. */
export class Actions {
  readonly #tell: (sentence: string) => void;

  constructor(write: Write, tell: (sentence: string) => void) {
    this.#tell = tell;
    this.#offer('download', async () => save(await write(this.#format)));
    this.#offer('copy', () => copyPicture(write('image/png')), 'Copied');
    this.#offer('share', async () => share(await write(this.#format)));
    byId('share', HTMLButtonElement).hidden = !canShare();
  }

  enable(): void {
    for (const id of ['download', 'copy', 'share']) byId(id, HTMLButtonElement).disabled = false;
  }

  get #format(): Format {
    const chosen = document.querySelector<HTMLInputElement>('input[name=format]:checked');
    return chosen?.value === 'jpeg' ? 'image/jpeg' : 'image/png';
  }

  #offer(id: string, act: () => Promise<void>, done?: string): void {
    const button = byId(id, HTMLButtonElement);
    const label = button.textContent;
    button.addEventListener('click', async () => {
      // Not `disabled`, which would take the focus away.
      if (button.ariaDisabled === 'true') return;
      button.ariaDisabled = 'true';
      try {
        await act();
        if (done) {
          button.textContent = done;
          setTimeout(() => {
            button.textContent = label;
          }, NOTED);
        }
      } catch (error) {
        if (error instanceof Refusal) this.#tell(error.message);
        else this.#tell(`The picture could not be handed over: ${error}`);
      } finally {
        button.ariaDisabled = null;
      }
    });
  }
}
