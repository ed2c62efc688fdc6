import { make } from '../element.ts';
import { ownPicture, type PictureFile } from './picture-file.ts';
import type { Role } from './studio.ts';

/** The pictures that come with the page: file name, and what it shows. */
const PHOTOS = {
  rocket: 'a rocket at dusk',
  coffee: 'a cup of coffee',
  chelsea: 'a cat',
  astronaut: 'an astronaut',
  ihc: 'stained tissue',
  'ihc-other-lab': 'tissue of another stain',
} as const;

export type Photo = keyof typeof PHOTOS;

const THUMBNAIL = 96;

/** A row of small pictures to choose from; the last is the user's own, once there is one. */
export class Chooser {
  readonly #choices: HTMLElement;
  readonly #role: Role;
  readonly #onChoose: (picture: Promise<PictureFile>) => void;
  readonly #own: HTMLLabelElement;
  #ownPicture: PictureFile | null = null;
  #current: HTMLInputElement;

  /** @param onChoose is told what the user chose; `confirm` or `revert` then say what came of it */
  constructor(
    fieldset: HTMLFieldSetElement,
    role: Role,
    first: Photo,
    onChoose: (picture: Promise<PictureFile>) => void,
  ) {
    this.#role = role;
    this.#onChoose = onChoose;
    this.#choices = fieldset.querySelector('.choices') as HTMLElement;
    for (const [photo, shows] of Object.entries(PHOTOS)) {
      const image = make('img', { src: photoUrl(photo), alt: shows, width: 48, height: 48 });
      const choice = this.#makeChoice(photo, image);
      choice.control?.addEventListener('change', () => onChoose(fetchPhoto(photo)));
      this.#choices.append(choice);
    }
    this.#own = this.#makeChoice('own', make('canvas', { width: THUMBNAIL, height: THUMBNAIL }));
    this.#own.classList.add('own');
    this.#own.hidden = true;
    this.#own.control?.addEventListener('change', () => {
      if (this.#ownPicture) onChoose(Promise.resolve(this.#ownPicture));
    });
    this.#choices.append(this.#own, this.#makePicker(fieldset));
    this.#current = this.#radio(first);
    this.#current.checked = true;
  }

  /** Takes the chosen picture as the one in use; where it is the user's own, draws it. */
  confirm(picture: PictureFile, bitmap: ImageBitmap): void {
    const { name, isOwn } = picture;
    if (isOwn) {
      this.#ownPicture = picture;
      const canvas = this.#own.querySelector('canvas') as HTMLCanvasElement;
      drawCovering(canvas, bitmap);
      (this.#own.control as HTMLInputElement).ariaLabel = name;
      this.#own.hidden = false;
    }
    this.#current = this.#radio(isOwn ? 'own' : name);
    this.#current.checked = true;
  }

  /** Goes back to the picture in use before. */
  revert(): void {
    this.#current.checked = true;
  }

  #radio(value: string): HTMLInputElement {
    return this.#choices.querySelector(`input[value="${value}"]`) as HTMLInputElement;
  }

  #makeChoice(value: string, picture: HTMLElement): HTMLLabelElement {
    const radio = make('input', { type: 'radio', name: this.#role, value });
    return make('label', { className: 'choice' }, radio, picture);
  }

  #makePicker(fieldset: HTMLFieldSetElement): HTMLButtonElement {
    const input = make('input', { type: 'file', accept: 'image/*', hidden: true });
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) this.#onChoose(Promise.resolve(ownPicture(file)));
      input.value = ''; // so that the same file can be picked again
    });
    const legend = fieldset.querySelector('legend')?.textContent ?? '';
    const button = make('button', {
      type: 'button',
      className: 'pick',
      ariaLabel: `${legend}: pick a picture of your own`,
      title: 'Pick a picture of your own',
    });
    button.addEventListener('click', () => input.click());
    fieldset.append(input);
    return button;
  }
}

/** Fetches one of the page's own pictures. */
export async function fetchPhoto(photo: string): Promise<PictureFile> {
  const response = await fetch(photoUrl(photo));
  return { name: photo, blob: await response.blob(), isOwn: false };
}

function photoUrl(photo: string): string {
  return `photos/${photo}.jpg`;
}

function drawCovering(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  const scale = Math.max(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(
    bitmap,
    (canvas.width - width) / 2,
    (canvas.height - height) / 2,
    width,
    height,
  );
}
