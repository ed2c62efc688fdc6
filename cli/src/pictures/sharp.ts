import type Sharp from 'sharp';
import { Refusal } from '../files/refusal.ts';

/** The codecs: libvips, by sharp. */
export type Codecs = typeof Sharp;

let loading: Promise<Codecs> | undefined;

/**
 * Loads the codecs, which takes a while: what needs none of them should not wait.
 *
 * @throws Refusal that says how to install them.
 */
export function loadCodecs(): Promise<Codecs> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Codecs> {
  let codecs: Codecs;
  try {
    codecs = (await import('sharp')).default;
  } catch (error) {
    const [reason] = (error as Error).message.trim().split('\n');
    throw new Refusal(
      `sharp, which decodes pictures, can't be loaded: npm install --include=optional sharp@0.35 ` +
        `brings it for ${process.platform}-${process.arch} (${reason})`,
    );
  }
  // No picture is opened twice.
  codecs.cache(false);
  return codecs;
}
