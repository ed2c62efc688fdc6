import { type Image, restyle as restylePicture } from 'wasm-norm';
import { decode, encodePng, formatOf, readHeader } from '../common/codecs.ts';
import { checkMediaType, readBody } from './body.ts';
import { readFile, readForm, readText } from './form.ts';
import { HttpRefusal, refusing } from './http-refusal.ts';
import { MAX_PIXELS } from './limits.ts';
import { readNumber } from './options.ts';

const FORM = 'multipart/form-data';

/** Answers POST /restyle: a form with content, style, strength and space in, a PNG out. */
export async function restyle(request: Request): Promise<Response> {
  checkMediaType(request, FORM);
  const type = request.headers.get('content-type') ?? FORM;
  const form = await readForm(await readBody(request), type, [
    'content',
    'style',
    'strength',
    'space',
  ]);
  const strengthText = readText(form, 'strength');
  const strength = strengthText === undefined ? undefined : readNumber(strengthText, 'strength');
  const space = readText(form, 'space') as 'rgb' | 'oklab' | undefined;
  const contentFile = await readFile(form, 'content');
  const styleFile = await readFile(form, 'style');
  checkPicture(contentFile, 'content');
  checkPicture(styleFile, 'style');
  const content = decodePicture(contentFile, 'content');
  const style = decodePicture(styleFile, 'style');
  const picture = refusing(() => restylePicture(content, style, { strength, space }));
  const png = new Uint8Array(encodePng(picture));
  return new Response(png, { headers: { 'content-type': 'image/png' } });
}

/** Refuses what can be refused without decoding it. */
function checkPicture(file: Uint8Array, field: string): void {
  if (formatOf(file) === null) {
    throw new HttpRefusal(415, `${field}: expected a PNG or a JPEG, got neither`, { field });
  }
  const { width, height } = orRefuse(field, () => readHeader(file));
  if (width * height > MAX_PIXELS) {
    const message = `${field}: expected at most ${MAX_PIXELS} pixels, got ${width} x ${height}`;
    throw new HttpRefusal(413, message, { field });
  }
}

function decodePicture(file: Uint8Array, field: string): Image {
  return orRefuse(field, () => decode(file, MAX_PIXELS));
}

function orRefuse<T>(field: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new HttpRefusal(400, `${field}: ${(error as Error).message}`, { field });
  }
}
