/** The work that a style was learned from. */
export interface Credit {
  readonly painter: string;
  readonly work: string;
}

/** The works, all in the public domain, by the names of their styles. */
export const CREDITS: Readonly<Record<string, Credit>> = {
  adele: { painter: 'Gustav Klimt', work: 'Portrait of Adele Bloch-Bauer I, 1907' },
  'composition-mondrian': {
    painter: 'Piet Mondrian',
    work: 'a cubist composition of about 1913, its title uncertain',
  },
  'composition-vii': { painter: 'Wassily Kandinsky', work: 'Composition VII, 1913' },
  'great-wave': {
    painter: 'Katsushika Hokusai',
    work: 'The Great Wave off Kanagawa, about 1831',
  },
  metzinger: { painter: 'Robert Delaunay', work: 'Portrait of Jean Metzinger, 1906' },
  scream: { painter: 'Edvard Munch', work: 'The Scream, 1893' },
  'starry-night': { painter: 'Vincent van Gogh', work: 'The Starry Night, 1889' },
  'water-lilies': { painter: 'Claude Monet', work: 'Water Lilies, probably of 1919' },
};
