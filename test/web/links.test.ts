import { existsSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { fillLinks, linksOf, SHIPPED, spellInstalling } from '../../examples/web/links.ts';

it('links lead to the repository where it has an address', () => {
  const links = linksOf('https://example.org/wasm-norm');
  for (const link of Object.values(links))
    expect(link).toMatch(/^https:\/\/example\.org\/wasm-norm/);
  expect(spellInstalling('https://example.org/wasm-norm')).toBe('npm install wasm-norm');
  expect(fillLinks('<a href="%LICENCE%">', links)).toBe(
    '<a href="https://example.org/wasm-norm/blob/main/LICENSE">',
  );
});

it('links lead to what ships with the page where it has none', async () => {
  for (const link of Object.values(linksOf(''))) {
    const response = await fetch(inject('url') + link);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^(?:text\/plain|application\/json)/);
  }
  const here = new URL('../../examples/web/', import.meta.url);
  for (const [from] of Object.values(SHIPPED)) expect(existsSync(new URL(from, here))).toBe(true);
});
