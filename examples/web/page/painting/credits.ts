import { CREDITS } from '../../../../cli/paint/network/credits.ts';
import { make } from '../shared/element.ts';

/** Names the painters, and the works that the styles were learned from. */
export function makeCredits(): HTMLElement {
  const works = Object.values(CREDITS).map(({ painter, work }) => {
    return make('li', {}, `${painter}, ${work}`);
  });
  const list = make('ul', { className: 'hint' }, ...works);
  const summary = make('summary', {}, 'Painters and works, all in the public domain');
  return make('details', { className: 'credits' }, summary, list);
}
