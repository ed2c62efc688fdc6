import { make } from '../shared/element.ts';
import { keyOf, type OwnPicture } from './own-pictures.ts';
import { PHOTOS, type Photo, photoUrl, type Role } from './photos.ts';
import { ownPicture, type PictureFile } from './picture-file.ts';

/** Twice the side of what is shown, for dense screens. */
const THUMBNAIL = 88;

/** What a chooser tells of. */
export interface ChooserEvents {
  /** A picture at hand was chosen; `select` then says what came of it. */
  onChoose(key: string): void;
  onPick(picture: PictureFile): void;
}

/** A row of small pictures to choose from: the user's own, and the page's. */
export class Chooser {
  readonly #choices: HTMLElement;
  readonly #role: Role;
  readonly #events: ChooserEvents;
  #own: readonly HTMLElement[] = [];
  #selected = '';

  constructor(fieldset: HTMLFieldSetElement, role: Role, events: ChooserEvents) {
    this.#role = role;
    this.#events = events;
    this.#choices = fieldset.querySelector('.choices') as HTMLElement;
    this.#choices.append(this.#makePicker(fieldset));
    for (const [photo, shows] of Object.entries(PHOTOS)) {
      const src = photoUrl(photo as Photo);
      this.#choices.append(this.#makeChoice(photo, make('img', { src, alt: shows })));
    }
  }

  /** Offers these pictures of the user's, before the page's. */
  offer(pictures: readonly OwnPicture[]): void {
    for (const choice of this.#own) {
      URL.revokeObjectURL(choice.querySelector('img')?.src ?? '');
      choice.remove();
    }
    this.#own = pictures.map(({ id, name, thumbnail }) => {
      const image = make('img', { src: URL.createObjectURL(thumbnail), alt: name });
      return this.#makeChoice(keyOf(id), image);
    });
    this.#choices.firstElementChild?.after(...this.#own);
    this.select(this.#selected);
  }

  /** Marks the picture that is in use. */
  select(key: string): void {
    this.#selected = key;
    const radio = this.#choices.querySelector<HTMLInputElement>(`input[value="${key}"]`);
    if (!radio) return;
    radio.checked = true;
    // By the row alone: the page must not move.
    const { offsetLeft: left, offsetWidth: width } = radio.parentElement as HTMLElement;
    const from = left + width + 8 - this.#choices.clientWidth;
    const to = left - width - 16; // what adds a picture stays at the left
    const { scrollLeft } = this.#choices;
    this.#choices.scrollLeft = Math.max(from, Math.min(to, scrollLeft));
  }

  /** Marks the picture in use again, after one that was refused. */
  revert(): void {
    this.select(this.#selected);
  }

  #makeChoice(key: string, image: HTMLImageElement): HTMLElement {
    const radio = make('input', { type: 'radio', name: this.#role, value: key });
    radio.addEventListener('change', () => this.#events.onChoose(key));
    image.width = THUMBNAIL / 2;
    image.height = THUMBNAIL / 2;
    image.title = image.alt;
    return make('label', { className: 'choice' }, radio, image);
  }

  #makePicker(fieldset: HTMLFieldSetElement): HTMLButtonElement {
    const input = make('input', { type: 'file', accept: 'image/*', hidden: true });
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) this.#events.onPick(ownPicture(file));
      input.value = ''; // so that the same file can be picked again
    });
    const legend = fieldset.querySelector('legend')?.textContent ?? '';
    const button = make('button', {
      type: 'button',
      className: 'pick',
      ariaLabel: `${legend}: add a picture of your own`,
      title: 'Add a picture of your own',
    });
    button.addEventListener('click', () => input.click());
    fieldset.append(input);
    return button;
  }
}

/** Draws the middle of a picture, small and square. */
export async function drawThumbnail(bitmap: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(THUMBNAIL, THUMBNAIL);
  const scale = Math.max(THUMBNAIL / bitmap.width, THUMBNAIL / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, (THUMBNAIL - width) / 2, (THUMBNAIL - height) / 2, width, height);
  return canvas.convertToBlob();
}
