import type { Format } from '../shared/bitmaps.ts';

const ENDINGS: Readonly<Record<Format, string>> = { 'image/png': 'png', 'image/jpeg': 'jpg' };

/** Saves a file where the browser saves downloads. */
export function save(file: File): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // The browser has begun to read it long before.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Says whether the browser can hand files to other programs. */
export function canShare(): boolean {
  const probe = new File([], 'picture.png', { type: 'image/png' });
  return navigator.canShare?.({ files: [probe] }) ?? false;
}

/** Hands a file to another program of the user's choice; that the user chooses none is no error. */
export async function share(file: File): Promise<void> {
  try {
    await navigator.share({ files: [file] });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
  }
}

/**
 * Copies a PNG, the one format that every clipboard takes. It may still be being written: browsers
 * let a page copy only while it answers a press of a button.
 */
export async function copyPicture(png: Promise<Blob>): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
}

/** Names a result after its pictures: rocket-as-coffee.png. */
export function nameResult(content: string, style: string, format: Format): string {
  return `${stem(content)}-as-${stem(style)}.${ENDINGS[format]}`;
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
