import type { ImageMoments } from 'wasm-norm';
import type { Role } from '../pictures/photos.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { Space } from './channels.ts';
import type { Histogram } from './sample.ts';
import type { Settings } from './studio.ts';

/** A picture in its role, and what the page tells of it. */
export interface Placed {
  readonly file: PictureFile;
  readonly small: ImageData;
  readonly histograms: Readonly<Record<Space, Histogram>>;
  readonly moments: Readonly<Record<Space, ImageMoments>>;
}

/** All that the page shows is made of: two pictures and how the one is restyled by the other. */
export interface Scene extends Readonly<Record<Role, Placed>> {
  readonly settings: Settings;
}

/** What is told of the scene to those who show it. */
export interface Audience {
  /** The scene has changed. */
  onScene(scene: Scene): void;
  /** The full picture is restyled, and these are its moments. */
  onResult(scene: Scene, result: ImageMoments): void;
}
