import { nearest } from '../../../src/checks/nearest.ts';
import { mixStyles, readStyle } from '../../paint/network/styles.ts';
import { readOnlyFile } from '../files/files-at.ts';
import { Refusal } from '../files/refusal.ts';
import { loadNetwork } from './load-network.ts';

/**
 * Returns the numbers of a style.
 *
 * @param text a style's name, or a file that ends in .safetensors
 * @throws Refusal of a name that is none, and of a file that holds no style
 */
export async function chooseStyle(text: string): Promise<Float32Array> {
  const network = await loadNetwork();
  if (!text.endsWith('.safetensors'))
    return mixStyles(network, { [await nameOf(text, 'style')]: 1 });
  const bytes = await readOnlyFile(text);
  try {
    return readStyle(network, bytes);
  } catch (error) {
    throw new Refusal(`${text}: ${(error as Error).message}`);
  }
}

/**
 * Returns the numbers of a mixture.
 *
 * @param text such as `starry-night=0.6,great-wave=0.4`
 * @throws Refusal of a name that is none, and of a weight that is none
 */
export async function chooseBlend(text: string): Promise<Float32Array> {
  const weights: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [given = '', share] = part.split('=', 2).map((side) => side.trim());
    const name = await nameOf(given, 'blend');
    const weight = share === undefined || share === '' ? Number.NaN : Number(share);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new Refusal(`--blend: expected NAME=NUMBER of at least 0, got '${part.trim()}'`);
    }
    if (Object.hasOwn(weights, name)) throw new Refusal(`--blend: ${name} comes twice`);
    weights[name] = weight;
  }
  if (!Object.values(weights).some((weight) => weight > 0)) {
    throw new Refusal(`--blend: expected a number above 0, got '${text}'`);
  }
  return mixStyles(await loadNetwork(), weights);
}

async function nameOf(given: string, option: string): Promise<string> {
  const names = [...(await loadNetwork()).styles.keys()];
  if (names.includes(given)) return given;
  const meant = nearest(given, names);
  const help = meant === undefined ? '--styles lists them' : `did you mean ${meant}?`;
  throw new Refusal(`--${option}: there is no style '${given}'; ${help}`);
}
