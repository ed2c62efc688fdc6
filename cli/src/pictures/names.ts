// What can't be decoded is to be named rather than passed over.
const PICTURE = /\.(png|jpe?g?|jfif|gif|webp|bmp|tiff?|avif|hei[cf]|jxl|jp2)$/i;

/** Says whether a file is named like a picture. `._IMG.jpg` is what a Mac keeps of IMG.jpg. */
export function isNamedLikePicture(name: string): boolean {
  return PICTURE.test(name) && !name.startsWith('._');
}
