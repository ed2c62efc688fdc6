import { HttpRefusal } from './http-refusal.ts';
import type { Format } from './pictures/header.ts';

export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  PNG: 'image/png',
  JPEG: 'image/jpeg',
  WebP: 'image/webp',
};

const NAMES: Readonly<Record<string, Format>> = { png: 'PNG', jpeg: 'JPEG', webp: 'WebP' };

/**
 * Finds the format to answer in: that of the form's field, else the one that Accept likes best,
 * else PNG.
 *
 * @throws HttpRefusal where the field names another, or Accept takes none of them.
 */
export function readFormat(name: string | undefined, accept: string | null): Format {
  if (name !== undefined) {
    const format = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (format !== undefined) return format;
    const known = Object.keys(NAMES).join(', ');
    const message = `format: expected one of ${known}, got ${JSON.stringify(name)}`;
    throw new HttpRefusal(400, message, { field: 'format' });
  }
  const formats = Object.keys(MEDIA_TYPES) as Format[];
  const weights = formats.map((format) => weightOf(MEDIA_TYPES[format], accept ?? '*/*'));
  const best = Math.max(...weights);
  if (best === 0) {
    const known = Object.values(MEDIA_TYPES).join(', ');
    throw new HttpRefusal(406, `accept: expected one of ${known}, got ${accept}`, {
      field: 'accept',
    });
  }
  return formats[weights.indexOf(best)] as Format;
}

/** Finds the weight of a media type in an Accept field, as RFC 9110 has it in section 12.5.1. */
function weightOf(type: string, accept: string): number {
  const weights = new Map<string, number>();
  for (const part of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
    const q = parameters.find((text) => text.startsWith('q='))?.slice(2) ?? '1';
    weights.set(range, Number(q) || 0);
  }
  return weights.get(type) ?? weights.get('image/*') ?? weights.get('*/*') ?? 0;
}
