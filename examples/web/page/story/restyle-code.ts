// The code for what is on screen, for Node and for browsers. It prints the numbers on screen.

import { CHANNELS } from '../restyle/channels.ts';
import type { Settings } from '../restyle/studio.ts';
import type { Spread } from './journey.ts';

export type Host = 'browser' | 'node';

/** What is on screen. */
export interface Shown {
  /** The files of the photograph and of the colour source. */
  readonly content: string;
  readonly style: string;
  readonly settings: Settings;
  /** Of each channel of the result; null until they are known. */
  readonly result: readonly Spread[] | null;
}

const OPEN: Readonly<Record<Host, string>> = {
  node: `async function open(path) {
  const image = sharp(path).autoOrient().toColourspace('srgb').ensureAlpha().raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}`,
  browser: `async function open(address) {
  const bitmap = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}`,
};

/** Spells the code that restyles as the page does. */
export function spellRestyling(host: Host, { content, style, settings, result }: Shown): string {
  const { strength, space } = settings;
  const options = [`strength: ${strength}`, ...(space === 'rgb' ? [] : [`space: '${space}'`])];
  const ofSpace = space === 'rgb' ? '' : `, { space: '${space}' }`;
  const { unit, decimals } = CHANNELS[space][0] as (typeof CHANNELS)['rgb'][number];
  const number = unit === 1 ? 'value' : `${unit} * value`;
  const print = (name: keyof Spread) => {
    if (!result) return '';
    return ` // ${result.map((spread) => (unit * spread[name]).toFixed(decimals)).join(' ')}`;
  };
  return `${host === 'node' ? "import sharp from 'sharp';\n" : ''}import { imageMoments, restyle } from 'wasm-norm';

const photograph = await open(${quote(content)});
const colours = await open(${quote(style)});
const result = restyle(photograph, colours, { ${options.join(', ')} });

const moments = imageMoments(result${ofSpace});
const spell = (values) => Array.from(values, (value) => (${number}).toFixed(${decimals})).join(' ');
console.log(spell(moments.mean));${print('mean')}
console.log(spell(moments.std()));${print('std')}

${OPEN[host]}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
