import { byId } from '../shared/element.ts';
import type { Role } from './photos.ts';
import { ownPicture, type PictureFile } from './picture-file.ts';

/** Tells of pictures that are dropped or pasted anywhere on the page. */
export function listenForPictures(onArrive: (role: Role, picture: PictureFile) => void): void {
  listenForDrops(onArrive);
  document.addEventListener('paste', (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    const isStyle = byId('style', HTMLFieldSetElement).contains(document.activeElement);
    onArrive(isStyle ? 'style' : 'content', ownPicture(file));
  });
}

function listenForDrops(onArrive: (role: Role, picture: PictureFile) => void): void {
  const drops = byId('drops', HTMLElement);
  const places = [...drops.querySelectorAll<HTMLElement>('.drop')];
  const mark = (role: string | null): void => {
    drops.hidden = role === null;
    for (const place of places) place.classList.toggle('over', place.dataset.role === role);
  };
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    mark(roleAt(event.target));
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) mark(null); // out of the window
  });
  document.addEventListener('drop', (event) => {
    mark(null);
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    onArrive(roleAt(event.target), ownPicture(file));
  });
}

/** What a picture is meant for where it is dropped: the style on what is marked so, else the content. */
function roleAt(target: EventTarget | null): Role {
  const place = target instanceof Element ? target.closest('#style, [data-role=style]') : null;
  return place ? 'style' : 'content';
}
